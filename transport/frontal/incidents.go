package frontal

// Incident adds an incident, for the connections to come.
func (f *Frontal) Incident(i Incident) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.incidents = append(f.incidents, i)
}

// Calmer removes every incident.
func (f *Frontal) Calmer() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.incidents = nil
}

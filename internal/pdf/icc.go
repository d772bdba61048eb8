package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"sync"
)

// profilSRGB is an ICC v2 matrix/TRC display profile of sRGB, computed: PDF
// 1.4 knows ICC up to version 2, so the curves are tables ('curv') and not
// parametric. Primaries and white are those of IEC 61966-2-1, adapted to D50
// by Bradford, as every sRGB profile has them.
var profilSRGB = sync.OnceValue(func() []byte {
	const (
		points = 256 // linear interpolation between them errs by less than 1e-5
		entete = 128
	)
	xyz := func(x, y, z float64) []byte {
		b := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range [3]float64{x, y, z} {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	courbe := []byte("curv\x00\x00\x00\x00")
	courbe = binary.BigEndian.AppendUint32(courbe, points)
	for i := range points {
		v := float64(i) / (points - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		courbe = binary.BigEndian.AppendUint16(courbe, uint16(math.Round(v*65535)))
	}
	const nom = "sRGB"
	desc := []byte("desc\x00\x00\x00\x00")
	desc = binary.BigEndian.AppendUint32(desc, uint32(len(nom)+1))
	desc = append(desc, nom...)
	desc = append(desc, make([]byte, 1+4+4+2+1+67)...) // no Unicode, no ScriptCode name

	balises := []struct {
		nom     string
		donnees []byte
	}{
		{"desc", desc},
		{"cprt", []byte("text\x00\x00\x00\x00No copyright\x00")},
		{"wtpt", xyz(0.96420, 1, 0.82491)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", courbe},
		{"gTRC", nil}, // the red curve serves the three
		{"bTRC", nil},
	}
	table := binary.BigEndian.AppendUint32(nil, uint32(len(balises)))
	var corps []byte
	debut := entete + 4 + 12*len(balises)
	var position, taille uint32
	for _, b := range balises {
		if b.donnees != nil {
			position, taille = uint32(debut+len(corps)), uint32(len(b.donnees))
			corps = append(corps, b.donnees...)
			for len(corps)%4 != 0 {
				corps = append(corps, 0)
			}
		}
		table = append(table, b.nom...)
		table = binary.BigEndian.AppendUint32(table, position)
		table = binary.BigEndian.AppendUint32(table, taille)
	}

	p := make([]byte, entete, debut+len(corps))
	binary.BigEndian.PutUint32(p[0:], uint32(debut+len(corps)))
	binary.BigEndian.PutUint32(p[8:], 0x02100000) // version 2.1
	copy(p[12:], "mntrRGB XYZ ")
	for i, v := range [6]uint16{2026, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(p[24+2*i:], v)
	}
	copy(p[36:], "acsp")
	copy(p[68:], xyz(0.96420, 1, 0.82491)[8:]) // illuminant D50
	p = append(p, table...)
	return append(p, corps...)
})

// profilDeflate is the profile as documents hold it.
var profilDeflate = sync.OnceValue(func() string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(profilSRGB()) // a bytes.Buffer never fails
	_ = z.Close()
	return b.String()
})

// Package postgres keeps the journals of many offices in one PostgreSQL database (github.com/jackc/pgx/v5), for editors
// who host them: one journal, with a chain of its own, for each Dossier.
//
// Several workers on several hosts may share a journal. Events of one journal are chained under a lock of its head,
// held for one transaction; calls that come together in a process share it. Work is leased with FOR UPDATE SKIP LOCKED,
// by the database's clock, and a lease that isn't given back ends. synchronous_commit stays as the server has it, and
// must not be off: Open refuses.
//
// Migrations go forward only and run when a journal is opened, under an advisory lock; a database made by a newer
// version is refused with ErrPlusRecent. retour/suivi/postgres/echeancier runs the rounds by River, in the same
// database.
package postgres

-- Rows that are there already are checked by the verification of the record, not by the start of an engine.
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_seq" CHECK ("audit_events"."seq" >= 1) NOT VALID;

ALTER TABLE "audit_events" ADD COLUMN "format" smallint;--> statement-breakpoint
CREATE INDEX "audit_events_signing_keys" ON "audit_events" USING btree ("at") WHERE "audit_events"."type" = 'signing_key.added';--> statement-breakpoint
-- Bodies that are there already are checked by the verification of the record, not by the start of an engine.
ALTER TABLE "blobs" ADD CONSTRAINT "blobs_digest" CHECK ("blobs"."sha256" = encode(sha256("blobs"."body"), 'hex') and "blobs"."bytes" = octet_length("blobs"."body")) NOT VALID;--> statement-breakpoint
-- A seal has a format from now on, in which the hash covers who may see the row.
CREATE OR REPLACE FUNCTION audit_events_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL AND NEW.format = 2
      AND (to_jsonb(NEW) - ARRAY['seq', 'prev_hash', 'hash', 'format']) =
        (to_jsonb(OLD) - ARRAY['seq', 'prev_hash', 'hash', 'format']) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END;
$$;
--> statement-breakpoint
CREATE FUNCTION evidence_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER blobs_no_change BEFORE UPDATE OR DELETE ON "blobs"
  FOR EACH ROW EXECUTE FUNCTION evidence_guard();
--> statement-breakpoint
CREATE TRIGGER blobs_no_truncate BEFORE TRUNCATE ON "blobs"
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_guard();
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_change BEFORE UPDATE OR DELETE ON "signing_keys"
  FOR EACH ROW EXECUTE FUNCTION evidence_guard();
--> statement-breakpoint
CREATE TRIGGER signing_keys_no_truncate BEFORE TRUNCATE ON "signing_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_guard();

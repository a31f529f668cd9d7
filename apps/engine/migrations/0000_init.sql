CREATE TABLE "approvals" (
	"call_id" varchar(128) NOT NULL,
	"revision" integer NOT NULL,
	"conversation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"request" text NOT NULL,
	"effect" jsonb,
	"effect_digest" varchar(64),
	"required" jsonb NOT NULL,
	"policies" text[] NOT NULL,
	"taint" jsonb NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"status" varchar(10) DEFAULT 'pending' NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"reason" text,
	"announced_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approvals_call_id_revision_pk" PRIMARY KEY("call_id","revision")
);
--> statement-breakpoint
CREATE TABLE "votes" (
	"call_id" varchar(128) NOT NULL,
	"revision" integer NOT NULL,
	"user_id" uuid NOT NULL,
	"email" text NOT NULL,
	"approve" boolean NOT NULL,
	"reason" text,
	"args_digest" varchar(64) NOT NULL,
	"effect_digest" varchar(64),
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "votes_call_id_revision_user_id_pk" PRIMARY KEY("call_id","revision","user_id")
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" varchar(64) NOT NULL,
	"user_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"replaced_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refresh_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" varchar(255) NOT NULL,
	"hashed_password" varchar(255),
	"full_name" varchar(255),
	"is_active" boolean DEFAULT true NOT NULL,
	"is_superuser" boolean DEFAULT false NOT NULL,
	"is_verified" boolean DEFAULT false NOT NULL,
	"role" varchar(20) DEFAULT 'member' NOT NULL,
	"grants" text[] DEFAULT '{}' NOT NULL,
	"view_only" boolean DEFAULT false NOT NULL,
	"oidc_issuer" text,
	"oidc_subject" text,
	"groups" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" varchar(255),
	"user_id" uuid NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"conversation_metadata" jsonb,
	"toolsets" jsonb DEFAULT '{"k8s":false}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deleted_conversations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"deleted_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"engine" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"actor_ip" text,
	"user_id" uuid,
	"conversation_id" uuid,
	"run_id" uuid,
	"call_id" varchar(128),
	"type" varchar(40) NOT NULL,
	"data" jsonb NOT NULL,
	"seq" bigint,
	"prev_hash" varchar(64),
	"hash" varchar(64),
	CONSTRAINT "audit_events_seq_unique" UNIQUE("seq")
);
--> statement-breakpoint
CREATE TABLE "audit_heads" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"hash" varchar(64) NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"jws" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"sha256" varchar(64) PRIMARY KEY NOT NULL,
	"content_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"body" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"role" varchar(50) NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"sequence" integer NOT NULL,
	"message_metadata" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_sequence" UNIQUE("conversation_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "run_text" (
	"run_id" uuid NOT NULL,
	"n" integer NOT NULL,
	"kind" varchar(10) NOT NULL,
	"text" text NOT NULL,
	"event_id" bigint NOT NULL,
	"pieces" integer NOT NULL,
	CONSTRAINT "run_text_run_id_n_pk" PRIMARY KEY("run_id","n")
);
--> statement-breakpoint
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"kind" varchar(10) NOT NULL,
	"text" text,
	"call_id" varchar(128),
	"duration_ms" integer,
	"event_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "segments_ordinal" UNIQUE("message_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"run_id" uuid NOT NULL,
	"id" bigint NOT NULL,
	"type" varchar(40) NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_events_run_id_id_pk" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
CREATE TABLE "tool_calls" (
	"call_id" varchar(128) PRIMARY KEY NOT NULL,
	"conversation_id" uuid,
	"message_id" uuid,
	"run_id" uuid NOT NULL,
	"turn_id" uuid,
	"ordinal" integer NOT NULL,
	"provider_id" text NOT NULL,
	"server" text NOT NULL,
	"tool" text NOT NULL,
	"title" text NOT NULL,
	"tool_digest" text,
	"class" varchar(5) NOT NULL,
	"args" jsonb NOT NULL,
	"args_digest" varchar(64) NOT NULL,
	"fault" text,
	"status" varchar(20) DEFAULT 'pending' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"undoes" varchar(128),
	"outcome" varchar(10),
	"result" jsonb,
	"error" text,
	"objects" jsonb,
	"recovered" boolean,
	"verdict" jsonb,
	"progress" jsonb,
	"tool_message" text,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"content" text NOT NULL,
	"reasoning" text NOT NULL,
	"body" jsonb,
	"nudge" text,
	"usage" jsonb,
	"cost" double precision DEFAULT 0 NOT NULL,
	"ttft_ms" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "turns_ordinal" UNIQUE("conversation_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"jwk" jsonb NOT NULL,
	"first_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"call_id" varchar(128) NOT NULL,
	"revision" integer NOT NULL,
	"run_id" uuid NOT NULL,
	"engine" text NOT NULL,
	"epoch" integer NOT NULL,
	"grant" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"outcome" varchar(10),
	"objects" jsonb,
	"recovered" boolean
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"cause" jsonb NOT NULL,
	"status" varchar(10) DEFAULT 'running' NOT NULL,
	"engine" text,
	"epoch" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"position" jsonb,
	"takeovers" integer DEFAULT 0 NOT NULL,
	"stop_requested_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_status" varchar(20),
	"error" text
);
--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_call_id_tool_calls_call_id_fk" FOREIGN KEY ("call_id") REFERENCES "public"."tool_calls"("call_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "segments" ADD CONSTRAINT "segments_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD CONSTRAINT "tool_calls_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turns" ADD CONSTRAINT "turns_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "approvals_waiting" ON "approvals" USING btree ("status","expires_at");--> statement-breakpoint
CREATE INDEX "approvals_of_user" ON "approvals" USING btree ("user_id","status","expires_at");--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "conversations_by_owner" ON "conversations" USING btree ("user_id","updated_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_events_conversation" ON "audit_events" USING btree ("conversation_id");--> statement-breakpoint
CREATE INDEX "audit_events_call" ON "audit_events" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "audit_events_user" ON "audit_events" USING btree ("user_id","at");--> statement-breakpoint
CREATE INDEX "audit_events_unsealed" ON "audit_events" USING btree ("at","id") WHERE "audit_events"."seq" is null;--> statement-breakpoint
CREATE INDEX "segments_run" ON "segments" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "tool_calls_conversation" ON "tool_calls" USING btree ("conversation_id","created_at");--> statement-breakpoint
CREATE INDEX "tool_calls_turn" ON "tool_calls" USING btree ("turn_id");--> statement-breakpoint
CREATE INDEX "tool_calls_message" ON "tool_calls" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "tool_calls_run" ON "tool_calls" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "tool_calls_undoes" ON "tool_calls" USING btree ("undoes");--> statement-breakpoint
CREATE INDEX "turns_message" ON "turns" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "turns_run" ON "turns" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "attempts_call" ON "attempts" USING btree ("call_id","revision");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active" ON "runs" USING btree ("conversation_id") WHERE "runs"."status" = 'running';--> statement-breakpoint
CREATE INDEX "runs_conversation" ON "runs" USING btree ("conversation_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_lease" ON "runs" USING btree ("lease_until") WHERE "runs"."status" = 'running';
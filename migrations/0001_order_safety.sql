CREATE TABLE "cash_activities" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"date" date NOT NULL,
	"amount" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "closes" (
	"id" text PRIMARY KEY NOT NULL,
	"trade_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"reason" text NOT NULL,
	"quantity" integer NOT NULL,
	"keep" integer NOT NULL,
	"decision_price" bigint NOT NULL,
	"at_market" boolean NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"phase" text NOT NULL,
	"phase_since" timestamp (3) with time zone NOT NULL,
	"exits" integer NOT NULL,
	"keeps" integer NOT NULL,
	"rescues" integer NOT NULL,
	"attempt" integer NOT NULL,
	"failures" integer NOT NULL,
	"last_failure" text,
	"finished_at" timestamp (3) with time zone,
	"proof" jsonb
);
--> statement-breakpoint
CREATE TABLE "trader_lease" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"token" bigint NOT NULL,
	"holder" text NOT NULL,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "trader_lease_token" UNIQUE("token"),
	CONSTRAINT "trader_lease_has_one_row" CHECK ("trader_lease"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "order_intents" (
	"id" text PRIMARY KEY NOT NULL,
	"trade_id" text,
	"close_id" text,
	"symbol" text NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"request" jsonb NOT NULL,
	"order_id" text,
	"requested_by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"session_date" date NOT NULL,
	"outcome" text,
	"detail" text
);
--> statement-breakpoint
CREATE TABLE "leg_interventions" (
	"broker_order_id" text NOT NULL,
	"action" text NOT NULL,
	"trade_id" text NOT NULL,
	"intent_id" text,
	"at" timestamp (3) with time zone NOT NULL,
	"session_date" date NOT NULL,
	CONSTRAINT "leg_interventions_broker_order_id_action_pk" PRIMARY KEY("broker_order_id","action")
);
--> statement-breakpoint
CREATE TABLE "net_quantities" (
	"symbol" text PRIMARY KEY NOT NULL,
	"quantity" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "foreign_items" (
	"key" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"quantity" integer NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"decision" text,
	"decided_by" text
);
--> statement-breakpoint
CREATE TABLE "reconciliation" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"is_clean" boolean NOT NULL,
	"findings" jsonb NOT NULL,
	"late_fills" integer NOT NULL,
	CONSTRAINT "reconciliation_has_one_row" CHECK ("reconciliation"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "trades" RENAME COLUMN "exit_leg" TO "exit_reason";--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "parent_id" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "replaces" text;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "is_explained" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ADD COLUMN "origin" text DEFAULT 'strategy' NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ADD COLUMN "scale_out" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ADD COLUMN "stop_price" bigint;--> statement-breakpoint
-- Of trades that are older than the column, the stop belongs where it was planned: nothing moved it yet.
UPDATE "trades" SET "stop_price" = ("intent"->'bracket'->>'stopPrice')::bigint;--> statement-breakpoint
ALTER TABLE "trades" ALTER COLUMN "stop_price" SET NOT NULL;--> statement-breakpoint
-- Their whole position runs to the bracket's target.
UPDATE "trades" SET "intent" = jsonb_set("intent", '{scaleOut}', 'null') WHERE "intent"->'scaleOut' IS NULL;--> statement-breakpoint
-- Cards that still wait to be delivered are rendered by the new version, which expects to find more in them.
UPDATE "outbox" SET "card" = CASE "card"->>'kind'
	WHEN 'started' THEN '{"findings": [], "cashNote": null, "lateFills": 0, "resumedCloses": 0}'::jsonb || "card"
	WHEN 'alarm' THEN '{"repeat": 0}'::jsonb || "card"
	WHEN 'entry' THEN '{"scaleOut": "none", "lateMs": null}'::jsonb || jsonb_set("card", '{intent,scaleOut}', 'null')
	WHEN 'exit' THEN '{"lateMs": null}'::jsonb || jsonb_set("card" #- '{trade,exitLeg}', '{trade,exitReason}', "card"->'trade'->'exitLeg')
	WHEN 'digest' THEN '{"interference": 0}'::jsonb || jsonb_set("card", '{closedTrades}', (
		SELECT coalesce(jsonb_agg("trade" - 'exitLeg' || jsonb_build_object('exitReason', "trade"->'exitLeg') ORDER BY "place"), '[]')
		FROM jsonb_array_elements("card"->'closedTrades') WITH ORDINALITY AS "closed" ("trade", "place")
	))
	ELSE "card"
END
WHERE "settled_at" IS NULL;--> statement-breakpoint
-- Their legs hang on the one entry that they had; where an entry was replaced, nobody knows on which.
UPDATE "orders" SET "parent_id" = "entry"."id"
FROM (
	SELECT "trade_id", min("broker_order_id") AS "id" FROM "orders" WHERE "role" = 'entry' GROUP BY "trade_id" HAVING count(*) = 1
) AS "entry"
WHERE "orders"."trade_id" = "entry"."trade_id" AND "orders"."role" IN ('take_profit', 'stop_loss');--> statement-breakpoint
-- What ended before anybody kept the reasons is not held against anyone.
UPDATE "orders" SET "is_explained" = true WHERE NOT "is_live";--> statement-breakpoint
INSERT INTO "net_quantities" ("symbol", "quantity")
SELECT "symbol", sum(CASE "side" WHEN 'buy' THEN "quantity" ELSE -"quantity" END) FROM "fills" GROUP BY "symbol";--> statement-breakpoint
ALTER TABLE "closes" ADD CONSTRAINT "closes_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_intents" ADD CONSTRAINT "order_intents_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_intents" ADD CONSTRAINT "order_intents_close_id_closes_id_fk" FOREIGN KEY ("close_id") REFERENCES "public"."closes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leg_interventions" ADD CONSTRAINT "leg_interventions_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cash_activities_date" ON "cash_activities" USING btree ("date");--> statement-breakpoint
CREATE INDEX "closes_of_trade" ON "closes" USING btree ("trade_id");--> statement-breakpoint
CREATE UNIQUE INDEX "closes_one_of_symbol" ON "closes" USING btree ("symbol") WHERE "closes"."phase" <> 'done';--> statement-breakpoint
CREATE INDEX "order_intents_of_trade" ON "order_intents" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "order_intents_of_close" ON "order_intents" USING btree ("close_id");--> statement-breakpoint
CREATE INDEX "order_intents_open" ON "order_intents" USING btree ("at") WHERE "order_intents"."outcome" is null;--> statement-breakpoint
CREATE INDEX "order_intents_cancels" ON "order_intents" USING btree ("symbol","at") WHERE "order_intents"."kind" = 'cancel';--> statement-breakpoint
CREATE INDEX "leg_interventions_of_trade" ON "leg_interventions" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "leg_interventions_unasked" ON "leg_interventions" USING btree ("session_date") WHERE "leg_interventions"."intent_id" is null;--> statement-breakpoint
CREATE INDEX "fills_at" ON "fills" USING btree ("at");--> statement-breakpoint
CREATE INDEX "orders_unexplained" ON "orders" USING btree ("updated_at") WHERE ("orders"."role" in ('take_profit', 'stop_loss') and "orders"."status" in ('canceled', 'replaced') and not "orders"."is_explained");
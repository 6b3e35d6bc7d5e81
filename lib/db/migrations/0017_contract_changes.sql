CREATE TABLE "kunacore_contract_changes" (
	"hour" timestamp with time zone NOT NULL,
	"endpoint" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"changes" integer NOT NULL,
	CONSTRAINT "kunacore_contract_changes_hour_endpoint_kind_key_pk" PRIMARY KEY("hour","endpoint","kind","key")
);

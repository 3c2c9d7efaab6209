GRANT USAGE ON SCHEMA shop TO gramkit_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON shop."order" TO gramkit_app;

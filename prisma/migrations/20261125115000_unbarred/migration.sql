-- A statement sees what was committed before it began, whatever it has waited for since. A function
-- that is VOLATILE looks anew with each of its own statements (PostgreSQL 18, §36.7): asked by a
-- statement that has just put a session in its place, it sees every barrier of a session that was
-- there before, for an end commits its barrier with itself, and an unended one would be in the way.
CREATE FUNCTION "refuse_if_barred"("login" uuid, "workspace" uuid, "proven_at" timestamptz)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF EXISTS (SELECT FROM "login_barrier" b
    WHERE b."login_id" = "login" AND b."workspace_id" = "workspace" AND b."after" >= "proven_at")
  THEN
    RAISE EXCEPTION 'the session here was ended meanwhile' USING ERRCODE = 'SJ001';
  END IF;
  RETURN true;
END
$$;

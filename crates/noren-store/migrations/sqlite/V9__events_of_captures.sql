-- The capture that an event is about; nothing for events of the time before.
ALTER TABLE events ADD COLUMN capture TEXT;

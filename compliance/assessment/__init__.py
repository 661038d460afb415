"""What the evidence amounts to: verdicts, findings, waivers, and the document that every report is drawn from."""

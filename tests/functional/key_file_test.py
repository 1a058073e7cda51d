"""The key that opens what is encrypted at rest: a lost or a wrong one is said, never replaced in silence."""
from service import ServiceTest


class KeyFile(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.service.start()
        self.service.stop()
        self.key = self.service.data / "secret.key"
        self.right = self.key.read_bytes()

    def refusal(self) -> str:
        """What a start of the service says."""
        self.service.command("serve", code=1)
        return self.service.errors

    def test_a_lost_key_file_is_not_replaced(self):
        self.key.unlink()
        self.assertIn("secret.key is missing", self.refusal())
        self.assertFalse(self.key.exists())
        self.assertIn("secret.key is missing", self.service.command("doctor", code=1))
        self.key.write_bytes(self.right)
        self.key.chmod(0o600)
        self.service.start()

    def test_the_key_of_another_database_is_refused(self):
        self.key.unlink()
        (self.service.data / "notifications.db").rename(self.folder / "notifications.db")
        self.service.start()
        self.service.stop()
        (self.folder / "notifications.db").replace(self.service.data / "notifications.db")
        said = self.refusal()
        self.assertIn("the secrets in this database are sealed with key", said)
        self.assertEqual(said.count("\n"), 1, said)

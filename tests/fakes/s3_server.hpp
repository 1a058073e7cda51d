#pragma once

// Starts tests/fakes/s3.py for a test.

#include <string>

#include "fakes/fake_store.hpp"

namespace notify::testing {

class FakeS3 final : public FakeStore {
public:
    explicit FakeS3(const std::string& pem = {}, const std::string& client_ca = {})
        : FakeStore("s3.py", pem, client_ca) {}
};

}  // namespace notify::testing

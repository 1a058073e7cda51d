#pragma once

// Another caller, who changes people between each decision and its write.

#include <functional>
#include <utility>

#include "core/result.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

class ChangingStorage final : public WrappedStorage {
public:
    ChangingStorage(Storage& inner, std::function<void()> before_write)
        : WrappedStorage(inner), before_write_(std::move(before_write)) {}

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        before_write_();
        return inner_.Write(function);
    }

    std::function<void()> before_write_;
};

}  // namespace notify::testing

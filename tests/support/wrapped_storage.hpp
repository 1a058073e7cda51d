#pragma once

// A storage around another one, for tests that change one thing of it.

#include <cstdint>

#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify::testing {

class WrappedStorage : public Storage {
public:
    explicit WrappedStorage(Storage& inner) : inner_(inner) {}

    [[nodiscard]] bool IsSingleNode() const noexcept override { return inner_.IsSingleNode(); }

    [[nodiscard]] Result<void> DropRemains() override { return inner_.DropRemains(); }

    [[nodiscard]] Result<void> CanWrite() const override { return inner_.CanWrite(); }

    [[nodiscard]] Result<void> CheckIntegrity() override { return inner_.CheckIntegrity(); }

    [[nodiscard]] std::uint64_t Commits() const noexcept override { return inner_.Commits(); }

    [[nodiscard]] std::uint64_t Closures() const noexcept override { return inner_.Closures(); }

protected:
    Result<void> RunWrite(const WriteFunction& function) override { return inner_.Write(function); }

    Result<void> RunRead(const ReadFunction& function) override { return inner_.Read(function); }

    Storage& inner_;
};

}  // namespace notify::testing

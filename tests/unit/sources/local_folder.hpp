#pragma once

// A real folder with files, a bucket over it, and the local source under test.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "sources/local/local_source.hpp"
#include "support/set_clock.hpp"

namespace notify::testing {

class LocalFolder : public ::testing::Test {
protected:
    LocalFolder();
    ~LocalFolder() override;

    /// Writes a file under the bucket's folder; makes the folders on the way.
    void Write(const std::string& key, std::string_view bytes = "media");
    void Append(const std::string& key, std::string_view bytes);

    /// What one scan reports, by key. The report itself is in `report_`.
    std::vector<FoundObject> Scan();

    /// Keys of one scan, sorted.
    std::vector<std::string> ScanKeys();

    /// The item a scan would make of the file as it is now.
    Item ItemOf(const std::string& key);

    [[nodiscard]] std::string ReadBack(const std::string& key) const;

    /// Names in the bucket's folder, dot files too, sorted.
    [[nodiscard]] std::vector<std::string> Names() const;

    /// Runs `what` on a thread that may do to files what their modes say and no more, also when root runs the
    /// test.
    static void WithModesOnly(const std::function<void()>& what);

    std::filesystem::path base_;    ///< Holds everything; nothing is written elsewhere.
    std::filesystem::path folder_;  ///< The bucket's.
    SetClock clock_;                ///< At the machine's present when a test begins.
    Bucket bucket_;                 ///< No settle time.
    LocalSource source_;
    ScanReport report_;
};

}  // namespace notify::testing

#include "sources/local/beneath.hpp"

#include <string>

#include <fcntl.h>

#include "unit/sources/local_folder.hpp"

namespace notify::testing {
namespace {

class Beneath : public LocalFolder {
protected:
    ErrorCode Code(std::string_view key) {
        const auto opened = OpenBeneath(folder_, key, O_RDONLY);
        EXPECT_FALSE(opened.has_value()) << key;
        return opened ? ErrorCode::kInternal : opened.error().code;
    }
};

TEST_F(Beneath, OpensWhatIsInside) {
    Write("a/b/c.mp4");
    EXPECT_TRUE(OpenBeneath(folder_, "a/b/c.mp4", O_RDONLY).has_value());
    EXPECT_TRUE(OpenFolderOf(folder_, "a/b/c.mp4").has_value());
    EXPECT_TRUE(OpenFolderOf(folder_, "top.mp4").has_value());
}

TEST_F(Beneath, RefusesEveryWayOut) {
    Write("a/b.mp4");
    std::filesystem::create_directory_symlink("/", folder_ / "root");
    EXPECT_EQ(Code("../data"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code("a/../../data"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code("/etc/passwd"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code("a//b.mp4"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(Code("root/etc/passwd"), ErrorCode::kConflict);
    EXPECT_EQ(Code("a/b.mp4/c"), ErrorCode::kConflict);
    EXPECT_EQ(Code(""), ErrorCode::kInvalidArgument);
}

TEST_F(Beneath, SaysThatANameIsTooLong) {
    EXPECT_EQ(Code(std::string(300, 'x')), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace notify::testing

// Writes the network of the embedding as an OpenVINO model, for the peer that runs the same models from
// Python: bench_face_embedder_graph MODEL.xml

#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include <openvino/core/graph_util.hpp>

#include "core/file.hpp"
#include "inference/dlib_network.hpp"
#include "inference/resnet_graph.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_face_embedder_graph MODEL.xml\n", stderr);
        return 2;
    }
    try {
        const auto file = notify::ReadFile(NOTIFY_MODEL_FOLDER "/dlib_face_recognition_resnet_model_v1.dat");
        const auto graph = file.and_then(
                                   [](const std::string& bytes) {
                                       return notify::ReadDlibNetwork(std::as_bytes(std::span(bytes)));
                                   }
        ).and_then([](auto network) { return notify::BuildDlibGraph(std::move(network)); });
        if (!graph) {
            throw std::runtime_error(graph.error().message);
        }
        ov::save_model(*graph, argv[1], false);
    } catch (const std::exception& fault) {
        std::fputs(fault.what(), stderr);
        return 1;
    }
    return 0;
}

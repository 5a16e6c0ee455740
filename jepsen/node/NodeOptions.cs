using System.Globalization;
using System.Net;
using Replication.Raft.Primitives;

namespace ServiceNode;

/// <summary>What the node is started with: the options of KvNode's <c>run</c> that the harness uses, and where HTTP
/// is served.</summary>
internal sealed record NodeOptions
{
    public required int NodeId { get; init; }

    public required Guid ClusterId { get; init; }

    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required IPEndPoint Http { get; init; }

    public required IReadOnlyDictionary<NodeId, Uri> Peers { get; init; }

    public required long CheckpointLogBytes { get; init; }

    public bool AllowPlaintextBeyondLoopback { get; init; }

    public bool ExitWithInput { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is missing, unknown or malformed.</exception>
    public static NodeOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count % 2 == 0 || arguments[0] != "run")
        {
            throw new FormatException("run, then options with one value each.");
        }

        ILookup<string, string> options = arguments.Skip(1).Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        string One(string name) => options[name].LastOrDefault() ?? throw new FormatException($"{name} is missing.");
        return new NodeOptions
        {
            NodeId = int.Parse(One("--node-id"), CultureInfo.InvariantCulture),
            ClusterId = Guid.Parse(One("--cluster-id")),
            DataDirectory = One("--data-directory"),
            Listen = IPEndPoint.Parse(One("--listen")),
            Http = IPEndPoint.Parse(One("--http")),
            Peers = options["--peer"].Select(text => text.Split('=', 2)).ToDictionary(
                parts => new NodeId(int.Parse(parts[0], CultureInfo.InvariantCulture)), parts => new Uri(parts[1])),
            CheckpointLogBytes = long.Parse(One("--checkpoint-log-bytes"), CultureInfo.InvariantCulture),
            AllowPlaintextBeyondLoopback = options["--allow-plaintext-beyond-loopback"].Contains("true"),
            ExitWithInput = options["--exit-with-input"].Contains("true"),
        };
    }
}

using System.Globalization;

namespace Replication.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    /// <summary>What the name of a system begins with that is a build in another directory.</summary>
    public const string OtherBuild = "replication@";

    public const string Usage = """
        Replication.Load [options]: durable puts and failover of three nodes,
        beside three etcd nodes (from the PATH) in the same run.

          --systems NAMES      replication, etcd, with a comma between (default: both);
                               replication@DIRECTORY is another build of KvNode
          --passes NUMBER      passes, from 1 to 1000; each pass turns the order round; medians are reported
                               (default: 10)
          --clients NUMBERS    with commas between (default: 1,16,256)
          --seconds NUMBER     length of a measurement, from 1 to 600, after a warm-up of a quarter (default: 3)
          --warm-up SECONDS    load of each system before the first pass, from 0 to 600,
                               so that just-in-time compilers are done (default: 30)
          --value-size BYTES   from 8 to 1000000 (default: 256)
          --connections N      connections of the client to the leader, for both systems (default: 1)
          --failovers NUMBER   kills of each system's leader after the passes, from 0 to 100 (default: 10)
          --output DIRECTORY   where the results go as JSON and Markdown (default: nowhere, printed only)

        The systems run side by side and are loaded in turn, each number of clients on each system right after the
        other, so that a machine whose speed drifts favours none. Nothing else should run on the machine.
        Exit codes: 0 measured; 2 a bad option; 3 a system could not be run.
        """;

    public IReadOnlyList<string> Systems { get; private init; } = ["replication", "etcd"];

    public int Passes { get; private init; } = 10;

    public IReadOnlyList<int> Clients { get; private init; } = [1, 16, 256];

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(3);

    public TimeSpan WarmUp => Duration / 4;

    public TimeSpan SystemWarmUp { get; private init; } = TimeSpan.FromSeconds(30);

    public int ValueBytes { get; private init; } = 256;

    public int Connections { get; private init; } = 1;

    public int Failovers { get; private init; } = 10;

    public string? Output { get; private init; }

    public ulong Seed { get; } = 1;

    /// <summary>Reads the command line; throws FormatException with the offending text.</summary>
    public static LoadOptions Parse(IReadOnlyList<string> arguments)
    {
        LoadOptions options = new();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string option = arguments[i];
            string value = i + 1 < arguments.Count ? arguments[i + 1]
                : throw new FormatException($"{option} is unknown or needs a value.");
            options = option switch
            {
                "--systems" => options with { Systems = SystemsOf(value) },
                "--passes" => options with { Passes = Number(option, value, 1, 1000) },
                "--clients" => options with { Clients = [.. value.Split(',').Select(n => Number(option, n, 1, 4096))] },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(option, value, 1, 600)) },
                "--warm-up" => options with { SystemWarmUp = TimeSpan.FromSeconds(Number(option, value, 0, 600)) },
                "--value-size" => options with { ValueBytes = Number(option, value, 8, 1_000_000) },
                "--connections" => options with { Connections = Number(option, value, 1, 64) },
                "--failovers" => options with { Failovers = Number(option, value, 0, 100) },
                "--output" => options with { Output = value },
                _ => throw new FormatException($"{option} is not an option."),
            };
        }

        return options;
    }

    private static string[] SystemsOf(string text)
    {
        string[] names = text.Split(',');
        return names.Length > 0
            && names.All(n => n is "replication" or "etcd" || n.StartsWith(OtherBuild, StringComparison.Ordinal))
            ? names
            : throw new FormatException($"--systems is \"{text}\": replication, etcd or both are expected.");
    }

    private static int Number(string option, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum
            && value <= maximum
            ? value
            : throw new FormatException(
                $"{option} is \"{text}\": a whole number from {minimum} to {maximum} is expected.");
}

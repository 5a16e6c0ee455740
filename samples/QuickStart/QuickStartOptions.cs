using System.Globalization;
using KvProcesses.Verification;

namespace QuickStart;

/// <summary>What the command line asks for.</summary>
internal sealed record QuickStartOptions
{
    public const string Usage = """
        QuickStart [options]: starts three nodes, loads them, kills the leader, then all three,
            and reads every acknowledged write back.

          --duration SECONDS   how long the load runs, from 6 to 3600 (default: 30)
          --records NUMBER     records, from 100 to 10000000 (default: 100000)
          --value-size BYTES   bytes per record, from 32 to 1048576 (default: 1000, 10 fields of 100)
          --clients NUMBER     clients, each with one call under way, from 1 to 4096 (default: 64)
          --seed NUMBER        seed of the random numbers (default: 1)
          --keep               keep the directory with data and logs, and print where it is
          --sabotage WAY       delete or rollback: change one key behind the verifier's back before it reads;
                               the run must then fail: proof that the verification can

        Exit codes: 0 nothing lost; 1 something lost or unverified; 2 a bad option; 3 the cluster could not be run.
        """;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(30);

    public int Records { get; private init; } = 100_000;

    public int ValueBytes { get; private init; } = 1000;

    public int Clients { get; private init; } = 64;

    public ulong Seed { get; private init; } = 1;

    public bool Keep { get; private init; }

    public Sabotage Sabotage { get; private init; }

    /// <summary>Reads the command line; throws FormatException with the offending text.</summary>
    public static QuickStartOptions Parse(IReadOnlyList<string> arguments)
    {
        QuickStartOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string option = arguments[i];
            if (option == "--keep")
            {
                options = options with { Keep = true };
                continue;
            }

            string value = i + 1 < arguments.Count ? arguments[++i]
                : throw new FormatException($"{option} is unknown or needs a value.");
            options = option switch
            {
                "--duration" => options with { Duration = TimeSpan.FromSeconds(Number(option, value, 6, 3600)) },
                "--records" => options with { Records = (int)Number(option, value, 100, 10_000_000) },
                "--value-size" => options with { ValueBytes = (int)Number(option, value, ValueStamp.Bytes, 1 << 20) },
                "--clients" => options with { Clients = (int)Number(option, value, 1, 4096) },
                "--seed" => options with { Seed = (ulong)Number(option, value, 0, long.MaxValue) },
                "--sabotage" => options with { Sabotage = SabotageOf(value) },
                _ => throw new FormatException($"{option} is not an option."),
            };
        }

        return options;
    }

    private static long Number(string option, string text, long minimum, long maximum) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= minimum
            && value <= maximum
            ? value
            : throw new FormatException(
                $"{option} is \"{text}\": a whole number from {minimum} to {maximum} is expected.");

    private static Sabotage SabotageOf(string text) => text switch
    {
        "delete" => Sabotage.Delete,
        "rollback" => Sabotage.RollBack,
        _ => throw new FormatException($"--sabotage is \"{text}\": delete or rollback is expected."),
    };
}

/// <summary>How a key is changed behind the verifier's back.</summary>
internal enum Sabotage
{
    None,
    Delete,
    RollBack,
}

using System.Globalization;

namespace Harness.Kill;

/// <summary>What <c>kill</c> is asked for.</summary>
internal sealed record KillOptions
{
    public const string Usage = """
        harness kill [options]: three nodes under constant load, SIGKILL to all three at a random moment, restart,
            read back; again and again.

          --rounds NUMBER      rounds, from 1 to 100000 (default: 100)
          --seed NUMBER        seed of keys and moments (default: drawn and printed)
          --clients NUMBER     clients, each with one call under way, from 1 to 1024 (default: 16)
          --keys NUMBER        keys, from 1 to 1000000 (default: 500)
          --value-size BYTES   bytes per value, from 32 to 1048576 (default: 200)
          --minimum NUMBER     acknowledged writes below which a round proves nothing and fails (default: 100)
          --keep               keep the directory with data and logs

        Exit codes: 0 every round good; 1 a round failed; 2 a bad option; 3 the cluster could not be run.
        """;

    public int Rounds { get; init; } = 100;

    public ulong Seed { get; init; } = (ulong)Random.Shared.NextInt64(1, int.MaxValue);

    public int Clients { get; init; } = 16;

    public int Keys { get; init; } = 500;

    public int ValueBytes { get; init; } = 200;

    public int MinimumAcknowledged { get; init; } = 100;

    public bool Keep { get; init; }

    /// <summary>Gets when the kill comes after the first acknowledged write of a round: a moment in this
    /// range.</summary>
    public (TimeSpan Earliest, TimeSpan Latest) Moment { get; init; } =
        (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(2000));

    /// <summary>Reads the command line; throws FormatException with the offending text.</summary>
    public static KillOptions Parse(IReadOnlyList<string> arguments)
    {
        KillOptions options = new();
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
                "--rounds" => options with { Rounds = (int)Number(option, value, 1, 100_000) },
                "--seed" => options with { Seed = (ulong)Number(option, value, 0, long.MaxValue) },
                "--clients" => options with { Clients = (int)Number(option, value, 1, 1024) },
                "--keys" => options with { Keys = (int)Number(option, value, 1, 1_000_000) },
                "--value-size" => options with { ValueBytes = (int)Number(option, value, 32, 1 << 20) },
                "--minimum" => options with { MinimumAcknowledged = (int)Number(option, value, 1, int.MaxValue) },
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
}

using System.Globalization;
using Harness.Drivers;
using Harness.Nemeses;
using Harness.Workloads;

namespace Harness.Runs;

/// <summary>What <c>test</c> is asked for.</summary>
internal sealed record TestOptions
{
    public static string Usage { get; } = $"""
        harness test [options]: a cluster of real processes under load and faults; what its clients saw is judged.

          --driver NAME        processes (default), namespaces (root), docker (root), or a system of others, to show
                               that the harness tells right from wrong: etcd (root), redis (root)
          --nodes NUMBER       nodes, from 1 to 9 (default: 5)
          --workload NAME      register (default), list-append, set, counter, bank, log, state-machine
          --level NAME         level of reads: linearizable (default), consistent-prefix, which is weaker and must be
                               found out; not for counter
          --client NAME        sound (default), careless: breaks the contract and must be found out (counter: repeats
                               without request id; bank: a transfer is two writes; log: repeats appends)
          --nemesis NAMES      {string.Join(", ", NemesisTable.Names.Take(9))},
                               {string.Join(", ", NemesisTable.Names.Skip(9))}, joined by
                               commas; none for none (default: partition,kill,pause); slow and reset on processes only,
                               unplug and lossy on namespaces and docker only; disk-error and slow-disk need strace and
                               the right to trace, disk-full and power-loss root, clock and drift libfaketime
          --time SECONDS       how long faults begin, from 5 to 3600 (default: 60); then each nemesis that has not yet
                               struck does so once; load lasts until the last fault is healed
          --seed NUMBER        seed of operations and faults (default: drawn and printed)
          --clients NUMBER     clients, each with one operation under way, from 1 to 256 (default: 24)
          --rate NUMBER        operations a second that all clients together begin at most, to 100000 (default: 400)
          --ok-minimum NUMBER  operations that must succeed, or the run shows nothing (default: 83 for each second)
          --program FILE       the node's assembly, such as one with a planted bug (default: the one beside the harness)
          --output DIRECTORY   where history, logs and result go (default: a new temporary one)

        Exit codes: 0 valid, 1 invalid, 2 unknown or a bad option, 3 the cluster could not be run, or was interrupted.
        """;

    public string Driver { get; init; } = "processes";

    public int Nodes { get; init; } = 5;

    public string Workload { get; init; } = "register";

    public string Level { get; init; } = "linearizable";

    public string Client { get; init; } = "sound";

    public IReadOnlyList<string> Nemeses { get; init; } = ["partition", "kill", "pause"];

    public int Seconds { get; init; } = 60;

    public ulong Seed { get; init; } = (ulong)Random.Shared.NextInt64(1, int.MaxValue);

    public int Clients { get; init; } = 24;

    public int Rate { get; init; } = 400;

    public int? OkMinimum { get; init; }

    public string? Program { get; init; }

    public string? Output { get; init; }

    /// <summary>Gets the command that makes this run again.</summary>
    public string Command => string.Create(CultureInfo.InvariantCulture,
        $"dotnet run -c Release --project jepsen/harness -- test --driver {Driver} --nodes {Nodes}"
        + $" --workload {Workload} --level {Level} --client {Client} --nemesis {NemesisText}"
        + $" --time {Seconds} --seed {Seed} --clients {Clients} --rate {Rate}"
        + $"{(OkMinimum is null ? "" : " --ok-minimum ")}{OkMinimum}{(Program is null ? "" : " --program ")}{Program}");

    /// <summary>Gets the names of the nemeses as the command line takes them.</summary>
    public string NemesisText => Nemeses.Count == 0 ? "none" : string.Join(',', Nemeses);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is unknown or out of its bounds; the text says which.</exception>
    public static TestOptions Parse(IReadOnlyList<string> arguments)
    {
        TestOptions options = new();
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string option = arguments[i];
            string value = i + 1 < arguments.Count ? arguments[i + 1]
                : throw new FormatException($"{option} is unknown or needs a value.");
            options = option switch
            {
                "--driver" => options with { Driver = OneOf(option, value, DriverTable.Names) },
                "--nodes" => options with { Nodes = Number(option, value, 1, 9) },
                "--workload" => options with { Workload = OneOf(option, value, WorkloadTable.Names) },
                "--level" => options with { Level = OneOf(option, value, ReadLevels.Names) },
                "--client" => options with { Client = OneOf(option, value, ["sound", "careless"]) },
                "--nemesis" => options with { Nemeses = ParseNemeses(value) },
                "--time" => options with { Seconds = Number(option, value, 5, 3600) },
                "--seed" => options with { Seed = (ulong)Number(option, value, 0, int.MaxValue) },
                "--clients" => options with { Clients = Number(option, value, 1, 256) },
                "--rate" => options with { Rate = Number(option, value, 1, 100_000) },
                "--ok-minimum" => options with { OkMinimum = Number(option, value, 1, int.MaxValue) },
                "--program" => options with { Program = Path.GetFullPath(value) },
                "--output" => options with { Output = value },
                _ => throw new FormatException($"{option} is not an option."),
            };
        }

        return options.Checked();
    }

    private TestOptions Checked() =>
        Nemeses.FirstOrDefault(name => !NemesisTable.CanActOn(name, Driver)) is { } unable
            ? throw new FormatException($"--nemesis {unable}: the driver {Driver} can't do that.")
        : Nemeses.FirstOrDefault(name => NemesisTable.NodesMinOf(name) > Nodes) is { } lonely
            ? throw new FormatException($"--nemesis {lonely}: it takes {NemesisTable.NodesMinOf(lonely)} nodes.")
        : Output?.Contains(' ', StringComparison.Ordinal) == true
            ? throw new FormatException($"--output is \"{Output}\": a path without blanks is expected.")
        : Driver is "etcd" or "redis" && (Workload != "register" || Program is not null)
            ? throw new FormatException(
                $"--driver {Driver}: there is the workload register only, and no other program.")
        : Level != "linearizable" && (!WorkloadTable.HasLevels(Workload) || Driver == "redis")
            ? throw new FormatException(
                $"--level {Level}: the workload {Workload} has no reads of another level on {Driver}.")
        : Client != "sound" && !WorkloadTable.HasCareless(Workload)
            ? throw new FormatException($"--client {Client}: the workload {Workload} has no such clients.")
        : this;

    private static IReadOnlyList<string> ParseNemeses(string value) => value == "none" ? []
        : [.. value.Split(',').Select(name => OneOf("--nemesis", name, NemesisTable.Names))];

    private static string OneOf(string option, string value, IReadOnlyCollection<string> known) =>
        known.Contains(value) ? value
            : throw new FormatException($"{option} is \"{value}\"; there are {string.Join(", ", known)}.");

    private static int Number(string option, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum
            && value <= maximum
            ? value
            : throw new FormatException(
                $"{option} is \"{text}\": a whole number from {minimum} to {maximum} is expected.");
}

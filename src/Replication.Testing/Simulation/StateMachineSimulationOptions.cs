using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation;

/// <summary>How the settings of a run follow from its seed.</summary>
public enum SimulationProfile
{
    /// <summary>Odd settings as often as usual ones: 1 to 7 nodes, tiny and large logs, slow disks, each class of
    /// faults in every second run. Finds most.</summary>
    Swarm = 0,

    /// <summary>Five nodes, ten clients, a hundred operations a second, a minute of faults of every class.</summary>
    Standard = 1,
}

/// <summary>Settings of a run that are not to follow from its seed.</summary>
public sealed class StateMachineSimulationOptions
{
    /// <summary>Gets or sets where the other settings come from.</summary>
    /// <value>The default value is <see cref="SimulationProfile.Swarm"/>.</value>
    public SimulationProfile Profile { get; set; }

    /// <summary>Gets or sets how many nodes vote.</summary>
    /// <value>From 1 to 7. The default value is null: the profile's.</value>
    public int? Nodes { get; set; }

    /// <summary>Gets or sets how many clients there are, each with one operation under way at a time.</summary>
    /// <value>From 1 to 100. The default value is null: the profile's.</value>
    public int? Clients { get; set; }

    /// <summary>Gets or sets how many operations all clients together try to begin per simulated second.</summary>
    /// <value>From 1 to 10,000. The default value is null: the profile's.</value>
    public int? OperationsPerSecond { get; set; }

    /// <summary>Gets or sets how many operations there are at most before the end.</summary>
    /// <value>From 1. The default value is null: no limit.</value>
    public long? OperationsMax { get; set; }

    /// <summary>Gets or sets for how long faults happen and clients work, in simulated time; healing and the last
    /// checks follow.</summary>
    /// <value>From 1 s to 1 h, in whole milliseconds. The default value is 60 s.</value>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets after how many bytes of log a node captures a snapshot of its machine.</summary>
    /// <value>From 512. The default value is null: the profile's. Small values exercise snapshots more.</value>
    public long? CheckpointLogBytes { get; set; }

    /// <summary>Gets or sets what may go wrong.</summary>
    /// <value>The default value is null: the profile's.</value>
    public FaultClasses? Faults { get; set; }

    /// <summary>Gets or sets the faults to execute instead of those that follow from the seed.</summary>
    /// <value>Lines as in <see cref="SimulationReport.Plan"/>: leave some out to find those that matter. Those of a run
    /// that was made small hold all settings, too: then no other option counts but <see cref="Trace"/>. The default
    /// value is null.</value>
    public IReadOnlyList<string>? Plan { get; set; }

    /// <summary>Gets or sets who is told what happens, line by line, with simulated milliseconds.</summary>
    /// <value>The default value is null: nobody, which is much faster.</value>
    public Action<string>? Trace { get; set; }

    internal SimulationCase CaseOf(ulong seed)
    {
        SimulationConfig config = ConfigOf(seed);
        return Plan is { } lines
            ? SimulationCase.Parse(lines, config)
            : new SimulationCase(config, FaultPlanner.Draw(config));
    }

    private SimulationConfig ConfigOf(ulong seed)
    {
        Check(nameof(Nodes), Nodes, 1, 7);
        Check(nameof(Clients), Clients, 1, 100);
        Check(nameof(OperationsPerSecond), OperationsPerSecond, 1, 10_000);
        Check(nameof(OperationsMax), OperationsMax, 1, long.MaxValue);
        Check(nameof(CheckpointLogBytes), CheckpointLogBytes, 512, long.MaxValue);
        Check(nameof(Duration), (long)Duration.TotalMilliseconds, 1_000, 3_600_000);
        SimulationConfig drawn = Profile == SimulationProfile.Standard
            ? SimulationProfiles.Standard(seed) : SimulationProfiles.SwarmOfOneGroup(seed);
        int nodes = Nodes ?? drawn.Nodes;
        long checkpoint = CheckpointLogBytes ?? drawn.CheckpointLogBytes;
        return drawn with
        {
            Nodes = nodes,
            Regions = Math.Min(drawn.Regions, nodes),
            DamagedNodesMax = Math.Min(drawn.DamagedNodesMax, (nodes - 1) / 2),
            Clients = Clients ?? drawn.Clients,
            OperationsPerSecond = OperationsPerSecond ?? drawn.OperationsPerSecond,
            OperationsMax = OperationsMax ?? drawn.OperationsMax,
            SafetyMilliseconds = (long)Duration.TotalMilliseconds,
            CheckpointLogBytes = checkpoint,

            // A log that fills before the next checkpoint can empty it stays full.
            LogBytesMax = Math.Max(drawn.LogBytesMax, 4 * checkpoint),
            Faults = Faults ?? drawn.Faults,
        };
    }

    /// <summary>Writes the settings that are not the default as C#.</summary>
    internal string ToCode()
    {
        List<string> parts = [];
        Add(nameof(Profile), Profile == SimulationProfile.Swarm ? null : $"SimulationProfile.{Profile}");
        Add(nameof(Nodes), Nodes);
        Add(nameof(Clients), Clients);
        Add(nameof(OperationsPerSecond), OperationsPerSecond);
        Add(nameof(OperationsMax), OperationsMax);
        Add(nameof(Duration), Duration == TimeSpan.FromSeconds(60)
            ? null : $"TimeSpan.FromMilliseconds({(long)Duration.TotalMilliseconds})");
        Add(nameof(CheckpointLogBytes), CheckpointLogBytes);
        Add(nameof(Faults), Faults is { } faults ? $"(FaultClasses){(int)faults}" : null);
        Add(nameof(Plan), Plan is { } plan ? $"[{string.Join(", ", plan.Select(line => $"\"{line}\""))}]" : null);
        return parts.Count == 0 ? string.Empty : $", new() {{ {string.Join(", ", parts)} }}";

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                parts.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} = {value}"));
            }
        }
    }

    private static void Check(string name, long? value, long min, long max)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{name} is {value}; it must be from {min} to {max}.");
        }
    }
}

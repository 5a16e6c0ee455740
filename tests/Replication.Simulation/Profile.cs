using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;

namespace Replication.Simulation;

/// <summary>How the settings of a run follow from its seed.</summary>
internal sealed record Profile(string Name, Func<ulong, SimulationConfig> Draw)
{
    /// <summary>The command that every verb stands behind.</summary>
    public const string Tool = "dotnet run -c Release --project tests/Replication.Simulation --";

    public static Profile Swarm { get; } = new("swarm", SimulationProfiles.Swarm);

    public static Profile Standard { get; } = new("standard", SimulationProfiles.Standard);

    public static Profile Disks { get; } = new("disks", SimulationProfiles.Disks);

    public static Profile Sparse { get; } = new("sparse", SimulationProfiles.Sparse);

    public static Profile Restless { get; } = new("restless", SimulationProfiles.Restless);

    /// <summary>What the search for planted bugs draws.</summary>
    public static Profile Mixed { get; } = new("mixed", SimulationProfiles.Mixed);

    public static Profile Named(string? name) => name switch
    {
        null or "swarm" => Swarm,
        "standard" => Standard,
        "disks" => Disks,
        "sparse" => Sparse,
        "restless" => Restless,
        "mixed" => Mixed,
        _ => throw new FormatException(
            $"There is no profile '{name}'; there are swarm, standard, disks, sparse, restless and mixed."),
    };

    /// <summary>Runs one seed.</summary>
    public SimulationResult Run(ulong seed, Action<string>? trace = null)
    {
        SimulationConfig config = Draw(seed);
        return SimulationRun.Execute(config, FaultPlanner.Draw(config), trace);
    }

    /// <summary>Gets the line that replays a seed.</summary>
    public string ReplayLine(ulong seed) =>
        $"{Tool} replay --profile {Name} --seed {seed}";
}

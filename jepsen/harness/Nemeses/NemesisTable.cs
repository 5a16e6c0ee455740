using Harness.Drivers;

namespace Harness.Nemeses;

/// <summary>The nemeses by name, and the drivers on which each can act.</summary>
internal static class NemesisTable
{
    private static readonly string[] Proxied = ["processes"];
    private static readonly string[] Own = ["processes", "namespaces", "docker"];
    private static readonly string[] Any = ["processes", "namespaces", "docker", "etcd", "redis"];
    private static readonly string[] Kernel = ["namespaces", "docker"];

    private static readonly SortedDictionary<string, Entry> Entries = new(StringComparer.Ordinal)
    {
        ["clock"] = new(driver => new ClockNemesis(driver), Own) { SetsClocks = true },
        ["corrupt"] = new(driver => new CorruptNemesis(driver), Own),
        ["disk-error"] = new(driver => new DiskNemesis(driver, fails: true), Own),
        ["disk-full"] = new(driver => new FullDiskNemesis(driver), Own) { NeedsDisks = true },
        ["drift"] = new(driver => new DriftNemesis(driver), Own) { SetsClocks = true },
        ["flap"] = new(driver => new FlapNemesis(driver), Any) { NodesMin = 2 },
        ["kill"] = new(driver => new KillNemesis(driver), Any),
        ["lossy"] = new(driver => new LossyNemesis(driver), Kernel) { NodesMin = 2 },
        ["partition"] = new(driver => new PartitionNemesis(driver), Any) { NodesMin = 2 },
        ["pause"] = new(driver => new PauseNemesis(driver), Any),
        ["power-loss"] = new(driver => new PowerLossNemesis(driver), Own) { NeedsDisks = true },
        ["reset"] = new(driver => new ResetNemesis(driver), Proxied),
        ["rolling"] = new(driver => new RollingNemesis(driver), Own),
        ["slow"] = new(driver => new SlowNemesis(driver), Proxied) { NodesMin = 2 },
        ["slow-disk"] = new(driver => new DiskNemesis(driver, fails: false), Own),
        ["unplug"] = new(driver => new UnplugNemesis(driver), Kernel),
    };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Entries.Keys;

    /// <summary>Gets whether a nemesis can act on a driver.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="driver">The name of the driver.</param>
    public static bool CanActOn(string name, string driver) => Entries[name].Drivers.Contains(driver);

    /// <summary>Gets how many nodes a nemesis needs at least.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    public static int NodesMinOf(string name) => Entries[name].NodesMin;

    /// <summary>Gets whether a nemesis needs clocks that can be set.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    public static bool SetsClocks(string name) => Entries[name].SetsClocks;

    /// <summary>Gets whether a nemesis needs nodes with file systems of their own.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    public static bool NeedsDisks(string name) => Entries[name].NeedsDisks;

    /// <summary>Makes a nemesis.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="driver">What it breaks.</param>
    public static INemesis Make(string name, IClusterDriver driver) => Entries[name].Make(driver);

    private sealed record Entry(Func<IClusterDriver, INemesis> Make, string[] Drivers)
    {
        public int NodesMin { get; init; } = 1;

        public bool SetsClocks { get; init; }

        public bool NeedsDisks { get; init; }
    }
}

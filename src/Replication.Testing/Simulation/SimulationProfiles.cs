using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation;

/// <summary>The settings of runs by seed.</summary>
internal static class SimulationProfiles
{
    private const double OneGroupChance = 0.75;

    /// <summary>Gets the standard profile: five nodes, a hundred operations a second, a minute of faults of every
    /// class.</summary>
    public static SimulationConfig Standard(ulong seed)
    {
        RandomStream random = new(seed, RandomPurpose.Knobs, 1);
        return new SimulationConfig
        {
            Seed = seed,
            Network = random.Chance(0.5) ? NetworkMode.Datagrams : NetworkMode.Connections,
            Scheduling = (SchedulingKind)random.Below(Enum.GetValues<SchedulingKind>().Length),
            DamagedNodesMax = 1,
        };
    }

    /// <summary>Draws settings: small and odd ones as often as usual ones, each class of faults in every second
    /// run; every fourth run has several groups.</summary>
    public static SimulationConfig Swarm(ulong seed)
    {
        RandomStream random = new(seed, RandomPurpose.Groups);
        SimulationConfig config = SwarmOfOneGroup(seed);
        if (random.Chance(OneGroupChance))
        {
            return config;
        }

        config = config with
        {
            Groups = 2 + random.Below(2),
            GroupPhaseMilliseconds = random.LogBetween(500, 20_000),
            GroupRatio = (int)random.LogBetween(4, 1_000),
        };

        // What an idle group has in the log is in the way of a busy one: a checkpoint after every few entries, and
        // segments that are soon full.
        return random.Chance(0.5) ? config : config with
        {
            TrailingEntries = 0,
            CheckpointLogBytes = Math.Min(random.LogBetween(512, 4_096), config.CheckpointLogBytes),
            PaddingBytes = random.Chance(0.5) ? (int)random.LogBetween(256, 2_000) : config.PaddingBytes,
            SegmentSizeBits = config.PageSizeBits + random.Below(3),
        };
    }

    /// <summary>Draws settings as the swarm does, always with one group.</summary>
    public static SimulationConfig SwarmOfOneGroup(ulong seed)
    {
        RandomStream random = new(seed, RandomPurpose.Knobs);
        int[] nodes = [3, 5, 3, 5, 3, 4, 7, 2, 1, 5];
        int count = nodes[random.Below(nodes.Length)];
        int regions = random.Chance(0.15) ? 1 + random.Below(count) : 1;
        long latency = random.LogBetween(20, 5_000);
        long tail = random.LogBetween(10, 5_000);
        long flush = random.LogBetween(50, 10_000);

        // Broadcast time must stay well below the election timeout (paper, section 5.6).
        long broadcast = 1 + ((2 * (latency + tail + flush)) / 1000) + (regions > 1 ? 250 : 0);
        long heartbeat = Math.Max(random.LogBetween(10, 100), broadcast);
        long electionMin = heartbeat * random.Between(3, 10);
        long checkpoint = random.LogBetween(512, 256 << 10);
        int damaged = random.Chance(0.5) ? (count - 1) / 2 : 0;
        return new SimulationConfig
        {
            Seed = seed,
            Nodes = count,
            Clients = (int)random.LogBetween(2, 32),
            OperationsPerSecond = (int)random.LogBetween(20, 200),
            RegisterKeys = (int)random.LogBetween(1, 64),
            ListKeys = (int)random.LogBetween(1, 32),
            PaddingBytes = random.Chance(0.2) ? (int)random.LogBetween(1, 4000) : 0,
            HeartbeatMilliseconds = heartbeat,
            ElectionTimeoutMinMilliseconds = electionMin,
            ElectionTimeoutMaxMilliseconds = electionMin * 2,
            AppendEntriesMax = (int)random.LogBetween(1, 1024),
            AppendBytesMax = (int)random.LogBetween(64, 1 << 20),
            InflightMessagesMax = (int)random.LogBetween(1, 256),
            ForwardWrites = random.Chance(0.85),
            CheckpointLogBytes = checkpoint,

            // A lost member holds the log back for good.
            LogBytesMax = damaged == 0 && random.Chance(0.3) ? checkpoint * random.Between(4, 16) : 8L << 30,
            TrailingEntries = random.LogBetween(1, 1000) - 1,
            EntryCacheBytesMax = random.LogBetween(1, 1 << 20),
            ApplyEntriesMax = (int)random.LogBetween(1, 1024),
            PageSizeBits = (int)random.Between(13, 16),
            SegmentSizeBits = (int)random.Between(16, 19),
            GrowthBytes = random.Chance(0.5) ? (int)random.LogBetween(512, 32 << 10) : 0,
            Network = random.Chance(0.5) ? NetworkMode.Datagrams : NetworkMode.Connections,
            Scheduling = (SchedulingKind)random.Below(Enum.GetValues<SchedulingKind>().Length),
            SchedulingDepth = random.Below(30),
            LatencyMicroseconds = latency,
            LatencyTailMicroseconds = tail,
            Regions = regions,
            FlushMicroseconds = flush,
            DamagedNodesMax = damaged,
            Faults = DrawClasses(random),
            FaultIntervalMilliseconds = random.LogBetween(500, 10_000),
            ClientsPerSession = random.Chance(0.5) ? 1 : (int)random.Between(2, 4),
            VersionWindowMilliseconds = random.LogBetween(10, 10_000),
            CompactionDeadPercent = (int)random.Between(10, 90),

            // A forwarded write takes two round trips: with less time for it none would ever be known to be done.
            WriteTimeoutMilliseconds = Math.Max(random.LogBetween(100, 20_000), 4 * broadcast),
            SessionTimeoutMilliseconds = random.Chance(0.5) ? random.LogBetween(1_000, 60_000) : 600_000,
            IsDeep = seed % 20 == 0,
        };
    }

    /// <summary>Draws settings as the swarm does, for clusters that can stand lost disks, and makes the disks their
    /// main trouble.</summary>
    public static SimulationConfig Disks(ulong seed)
    {
        SimulationConfig swarm = Swarm(seed);
        int nodes = Math.Max(3, swarm.Nodes);
        return swarm with
        {
            Nodes = nodes,
            Regions = Math.Min(swarm.Regions, nodes),
            DamagedNodesMax = (nodes - 1) / 2,
            LogBytesMax = 8L << 30,
            Faults = (swarm.Faults & (FaultClasses.Kills | FaultClasses.Pauses))
                | FaultClasses.DiskDamage | FaultClasses.DiskTrouble | FaultClasses.PowerLosses,
        };
    }

    /// <summary>Draws settings as the swarm does, with few operations, few heartbeats and faults at short intervals:
    /// more plans of faults are tried in the same time.</summary>
    public static SimulationConfig Sparse(ulong seed)
    {
        RandomStream random = new(seed, RandomPurpose.Knobs, 2);
        SimulationConfig swarm = Swarm(seed);
        long heartbeat = Math.Max(swarm.HeartbeatMilliseconds, random.LogBetween(40, 200));
        long electionMin = heartbeat * random.Between(3, 8);
        return swarm with
        {
            OperationsPerSecond = (int)random.Between(15, 28),
            HeartbeatMilliseconds = heartbeat,
            ElectionTimeoutMinMilliseconds = electionMin,
            ElectionTimeoutMaxMilliseconds = electionMin * 2,
            FaultIntervalMilliseconds = random.LogBetween(300, 4_000),
        };
    }

    /// <summary>Draws settings as the swarm does, for three nodes that are cut off and killed all the time, also in
    /// crash loops, with several groups over logs of the smallest segments, given up after every few entries.</summary>
    /// <remarks>Entries that were never committed are then often the first that a log has kept, and are overwritten;
    /// and processes start between one compaction and the next.</remarks>
    public static SimulationConfig Restless(ulong seed)
    {
        const int NodeCount = 3;
        RandomStream random = new(seed, RandomPurpose.Groups, 1);
        SimulationConfig swarm = SwarmOfOneGroup(seed);
        long heartbeat = Math.Max(swarm.HeartbeatMilliseconds, random.LogBetween(40, 150));
        long electionMin = heartbeat * random.Between(3, 8);
        return swarm with
        {
            Nodes = NodeCount,
            Regions = Math.Min(swarm.Regions, NodeCount),
            Groups = 2 + random.Below(2),
            GroupPhaseMilliseconds = random.LogBetween(2_000, 8_000),
            GroupRatio = (int)random.LogBetween(200, 1_000),
            OperationsPerSecond = (int)random.Between(25, 50),
            PaddingBytes = (int)random.LogBetween(800, 2_000),
            HeartbeatMilliseconds = heartbeat,
            ElectionTimeoutMinMilliseconds = electionMin,
            ElectionTimeoutMaxMilliseconds = electionMin * 2,
            CheckpointLogBytes = random.LogBetween(1, 64),
            LogBytesMax = 8L << 30,
            TrailingEntries = 0,
            PageSizeBits = 13,
            SegmentSizeBits = 13,
            DamagedNodesMax = 0,
            Faults = (swarm.Faults & (FaultClasses.PowerLosses | FaultClasses.Transfers | FaultClasses.Pauses))
                | FaultClasses.Kills | FaultClasses.Partitions,
            HasCrashLoops = true,
            FaultIntervalMilliseconds = random.LogBetween(300, 800),
            ValueCacheBytesMax = random.LogBetween(1, 64 << 10),
            IsDeep = false,
        };
    }

    /// <summary>Draws settings of one of the other ways to draw: half of the seeds as the sparse ones, a quarter as the
    /// swarm, a quarter as the restless ones.</summary>
    public static SimulationConfig Mixed(ulong seed) => (seed % 4) switch
    {
        0 => Swarm(seed),
        2 => Restless(seed),
        _ => Sparse(seed),
    };

    // Each class in every second run, and at least two: fewer show nothing new.
    private static FaultClasses DrawClasses(RandomStream random)
    {
        FaultClasses classes;
        do
        {
            classes = (FaultClasses)random.Below((int)FaultClasses.All + 1);
        }
        while (System.Numerics.BitOperations.PopCount((uint)classes) < 2);

        return classes;
    }
}

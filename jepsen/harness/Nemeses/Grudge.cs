using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Which ways between nodes a partition cuts.</summary>
/// <param name="Kind">What it is called.</param>
/// <param name="Cuts">The ways, each in one direction.</param>
internal sealed record Grudge(string Kind, IReadOnlyList<(int From, int To)> Cuts)
{
    /// <summary>Gets all kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["isolate-one", "isolate-leader", "halves", "majority-ring", "bridge", "deaf-leader", "mute-leader",
            "one-way", "region-cut"];

    /// <summary>Draws a partition of any kind that cuts something among so many nodes.</summary>
    public static Grudge Draw(IReadOnlyList<int> nodes, int leader, SplitMix64 random)
    {
        string[] kinds = [.. Kinds.Where(kind => nodes.Count >= NodesMinOf(kind))];
        return Draw(kinds[random.Next(0, kinds.Length)], nodes, leader, random);
    }

    /// <summary>Draws a partition of a kind.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="nodes">The nodes, from 1.</param>
    /// <param name="leader">The node that leads; 0 if none is known, and any takes its place.</param>
    /// <param name="random">Decides.</param>
    public static Grudge Draw(string kind, IReadOnlyList<int> nodes, int leader, SplitMix64 random)
    {
        int[] shuffled = Shuffled(nodes, random);
        int victim = leader == 0 ? shuffled[0] : leader;
        return kind switch
        {
            "isolate-one" => new Grudge($"isolate-one {shuffled[0]}", Apart([shuffled[0]], Others(nodes, shuffled[0]))),
            "isolate-leader" => new Grudge($"isolate-leader {victim}", Apart([victim], Others(nodes, victim))),
            "halves" => Halves(shuffled),
            "majority-ring" => new Grudge($"majority-ring {string.Join(' ', shuffled)}", Ring(shuffled)),
            "bridge" => Bridge(shuffled),
            "deaf-leader" => new Grudge(
                $"deaf-leader {victim}", [.. Others(nodes, victim).Select(node => (node, victim))]),
            "mute-leader" => new Grudge(
                $"mute-leader {victim}", [.. Others(nodes, victim).Select(node => (victim, node))]),
            "region-cut" => Region(nodes, random),
            "one-way" => OneWay(victim, Others(nodes, victim), random),
            _ => throw new ArgumentException($"There is no partition {kind}.", nameof(kind)),
        };
    }

    /// <summary>Cuts its ways.</summary>
    public void Begin(INetworkFaults network)
    {
        foreach ((int from, int to) in Cuts)
        {
            network.Cut(from, to);
        }
    }

    /// <summary>Heals its ways.</summary>
    public void End(INetworkFaults network)
    {
        foreach ((int from, int to) in Cuts)
        {
            network.Heal(from, to);
        }
    }

    private static int NodesMinOf(string kind) => kind switch
    {
        "majority-ring" => 4,
        "halves" or "bridge" or "region-cut" => 3,
        _ => 2,
    };

    private static Grudge Halves(int[] shuffled)
    {
        int minority = (shuffled.Length - 1) / 2;
        return new Grudge(
            $"halves {string.Join(' ', shuffled[..minority])} | {string.Join(' ', shuffled[minority..])}",
            Apart(shuffled[..minority], shuffled[minority..]));
    }

    // Followers hardly talk to each other: one end is the leader.
    private static Grudge OneWay(int leader, int[] others, SplitMix64 random)
    {
        int other = others[random.Next(0, others.Length)];
        (int from, int to) = random.Next(0, 2) == 0 ? (leader, other) : (other, leader);
        return new Grudge($"one-way {from} to {to}", [(from, to)]);
    }

    // Regions of two nodes, and one of what is left; one of them is cut off.
    private static Grudge Region(IReadOnlyList<int> nodes, SplitMix64 random)
    {
        int[][] regions = [.. nodes.Chunk(2)];
        int[] region = regions[random.Next(0, regions.Length)];
        return new Grudge(
            $"region-cut {string.Join(' ', region)}", Apart(region, [.. nodes.Except(region)]));
    }

    // One node hears both halves, which don't hear each other.
    private static Grudge Bridge(int[] shuffled)
    {
        int half = (shuffled.Length - 1) / 2;
        return new Grudge(
            $"bridge {shuffled[^1]}", Apart(shuffled[..half], shuffled[half..^1]));
    }

    // Each node hears a majority, and no two the same.
    private static List<(int From, int To)> Ring(int[] shuffled)
    {
        int count = shuffled.Length;
        int reach = ((count / 2) + 1) / 2;
        List<(int From, int To)> cuts = [];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < count; k++)
            {
                int distance = Math.Min(Math.Abs(i - k), count - Math.Abs(i - k));
                if (distance > reach)
                {
                    cuts.Add((shuffled[i], shuffled[k]));
                }
            }
        }

        return cuts;
    }

    private static List<(int From, int To)> Apart(IReadOnlyList<int> left, IReadOnlyList<int> right) =>
        [.. left.SelectMany(a => right.SelectMany(b => new[] { (a, b), (b, a) }))];

    private static int[] Others(IReadOnlyList<int> nodes, int node) => [.. nodes.Where(other => other != node)];

    private static int[] Shuffled(IReadOnlyList<int> nodes, SplitMix64 random)
    {
        int[] shuffled = [.. nodes];
        for (int i = shuffled.Length - 1; i > 0; i--)
        {
            int other = random.Next(0, i + 1);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }
}

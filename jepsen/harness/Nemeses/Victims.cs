using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Draws the nodes that a fault strikes.</summary>
internal static class Victims
{
    /// <summary>Gets the ways between those nodes and all others, in both directions.</summary>
    public static IReadOnlyList<(int From, int To)> WaysOf(IClusterDriver driver, IReadOnlyList<int> victims) =>
        [.. driver.Nodes.SelectMany(from => driver.Nodes
            .Where(to => to != from && (victims.Contains(from) || victims.Contains(to))).Select(to => (from, to)))];

    /// <summary>Asks nodes that run what they are.</summary>
    /// <returns>Whether there are any, and none of them answers.</returns>
    public static async Task<bool> AreSilentAsync(IClusterDriver driver, IReadOnlyList<int> victims)
    {
        bool areRunning = victims.Count > 0 && victims.All(driver.IsRunning);
        return (await Task.WhenAll(victims.Select(driver.HealthAsync)).ConfigureAwait(false))
            .All(view => view is null) && areRunning;
    }

    /// <summary>Draws one node, the leader, a minority, or all.</summary>
    public static async Task<IReadOnlyList<int>> DrawAsync(IClusterDriver driver, SplitMix64 random, bool mayBeAll)
    {
        int any = driver.Nodes[random.Next(0, driver.Nodes.Count)];
        switch (random.Next(0, mayBeAll ? 4 : 3))
        {
            case 0:
                return [any];
            case 1:
                int leader = await ClusterView.LeaderAsync(driver).ConfigureAwait(false);
                return [leader == 0 ? any : leader];
            case 2:
                int minority = Math.Max(1, (driver.Nodes.Count - 1) / 2);
                return [.. Enumerable.Range(0, minority).Select(i => 1 + ((any - 1 + i) % driver.Nodes.Count))];
            default:
                return driver.Nodes;
        }
    }
}

using Harness.Drivers;
using KvProcesses.Clients;

namespace Harness.Nemeses;

/// <summary>Questions to all nodes of a cluster at once.</summary>
internal static class ClusterView
{
    /// <summary>Finds the leader of the newest term that any node names itself.</summary>
    /// <returns>0 if none does.</returns>
    public static async Task<int> LeaderAsync(IClusterDriver driver)
    {
        NodeView?[] views = await Task.WhenAll(driver.Nodes.Where(driver.IsRunning).Select(driver.HealthAsync))
            .ConfigureAwait(false);
        return views.OfType<NodeView>().Where(view => view.IsLeader).MaxBy(view => view.Term)?.NodeId ?? 0;
    }

    /// <summary>Waits until a node leads and all follow it.</summary>
    /// <returns>False if that did not come in time.</returns>
    public static async Task<bool> SettlesAsync(IClusterDriver driver, TimeSpan timeout)
    {
        using CancellationTokenSource limit = new(timeout);
        while (!limit.IsCancellationRequested)
        {
            NodeView?[] views = await Task.WhenAll(driver.Nodes.Select(driver.HealthAsync)).ConfigureAwait(false);
            if (views.All(view => view is not null && view.Leader != 0)
                && views.Select(view => (view!.Leader, view.Term)).Distinct().Count() == 1
                && views.Any(view => view!.IsLeader))
            {
                return true;
            }

            await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Waits until every node has applied what a leader knows to be committed now.</summary>
    /// <returns>False if that did not come in time.</returns>
    public static async Task<bool> CatchesUpAsync(IClusterDriver driver, TimeSpan timeout)
    {
        using CancellationTokenSource limit = new(timeout);
        long goal = long.MaxValue;
        while (!limit.IsCancellationRequested)
        {
            NodeView?[] views = await Task.WhenAll(driver.Nodes.Select(driver.HealthAsync)).ConfigureAwait(false);
            if (goal == long.MaxValue && views.FirstOrDefault(view => view is { IsLeader: true }) is { } leader)
            {
                goal = leader.CommitIndex;
            }

            if (views.All(view => view is not null && view.AppliedIndex >= goal))
            {
                return true;
            }

            await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }
}

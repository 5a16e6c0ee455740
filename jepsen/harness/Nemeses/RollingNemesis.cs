using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Stops (SIGTERM) and starts one node after the other, all of them, as an upgrade does.</summary>
internal sealed class RollingNemesis(IClusterDriver driver) : INemesis
{
    private Task<int> _rolling = Task.FromResult(0);

    /// <inheritdoc/>
    public string Name => "rolling";

    /// <inheritdoc/>
    public Task<string> BeginAsync(SplitMix64 random)
    {
        int first = random.Next(0, driver.Nodes.Count);
        _rolling = RollAsync(first);
        return Task.FromResult($"rolling restart from {driver.Nodes[first]}");
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync() => await _rolling.ConfigureAwait(false) == driver.Nodes.Count;

    private async Task<int> RollAsync(int first)
    {
        int stopped = 0;
        for (int i = 0; i < driver.Nodes.Count; i++)
        {
            int node = driver.Nodes[(first + i) % driver.Nodes.Count];
            stopped += await driver.StopAsync(node).ConfigureAwait(false) == 0 ? 1 : 0;
            await driver.StartAsync(node).ConfigureAwait(false);
        }

        return stopped;
    }
}

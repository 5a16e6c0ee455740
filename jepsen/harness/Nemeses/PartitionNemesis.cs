using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Cuts ways between nodes: every kind of <see cref="Grudge"/>, in one direction or both.</summary>
internal sealed class PartitionNemesis(IClusterDriver driver) : INemesis
{
    private Grudge? _grudge;
    private long _heldBefore;

    /// <inheritdoc/>
    public string Name => "partition";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        int leader = await ClusterView.LeaderAsync(driver).ConfigureAwait(false);
        _grudge = Grudge.Draw(driver.Nodes, leader, random);
        _heldBefore = driver.Network.Held;
        _grudge.Begin(driver.Network);
        return _grudge.Kind;
    }

    /// <inheritdoc/>
    public Task<bool> EndAsync()
    {
        _grudge?.End(driver.Network);
        _grudge = null;
        return Task.FromResult(driver.Network.Held > _heldBefore);
    }
}

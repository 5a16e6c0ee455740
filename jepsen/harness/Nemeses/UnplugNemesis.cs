using Harness.Drivers;
using KvProcesses.Workloads;

namespace Harness.Nemeses;

/// <summary>Takes one node, the leader or a minority off the network, clients and all, as a pulled cable
/// does.</summary>
internal sealed class UnplugNemesis(IClusterDriver driver) : INemesis
{
    private readonly List<int> _unplugged = [];

    /// <inheritdoc/>
    public string Name => "unplug";

    /// <inheritdoc/>
    public async Task<string> BeginAsync(SplitMix64 random)
    {
        _unplugged.AddRange(await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false));
        _unplugged.ForEach(driver.Network.Unplug);
        return $"unplug {string.Join(' ', _unplugged)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool wasSilent = await driver.HealthAsync(_unplugged[0]).ConfigureAwait(false) is null;
        _unplugged.ForEach(driver.Network.Plug);
        _unplugged.Clear();
        return wasSilent;
    }
}

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
        IReadOnlyList<int> victims = await Victims.DrawAsync(driver, random, mayBeAll: false).ConfigureAwait(false);
        _unplugged.AddRange(victims.Where(driver.IsRunning));
        _unplugged.ForEach(driver.Network.Unplug);
        return $"unplug {string.Join(' ', _unplugged)}";
    }

    /// <inheritdoc/>
    public async Task<bool> EndAsync()
    {
        bool wasSilent = await Victims.AreSilentAsync(driver, _unplugged).ConfigureAwait(false);
        _unplugged.ForEach(driver.Network.Plug);
        _unplugged.Clear();
        return wasSilent;
    }
}

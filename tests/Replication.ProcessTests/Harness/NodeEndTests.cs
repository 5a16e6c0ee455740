using System.Diagnostics;
using Harness.Drivers;
using KvProcesses.Processes;

namespace Replication.ProcessTests.Harness;

public sealed class NodeEndTests
{
    [Fact]
    public async Task A_node_that_ends_by_itself_is_told_and_one_that_was_ended_is_not()
    {
        using TemporaryDirectory directory = new("replication-ends");
        await using ProcessDriver driver = new(
            new ClusterSpec(1, directory.Path, NodeProgram.KeyValue), new LoopbackPlacement(1));
        await driver.SetUpAsync();
        await driver.StartAsync(1);
        await driver.KillAsync(1);
        await driver.StartAsync(1);
        Assert.Equal(0, await driver.StopAsync(1));
        await driver.StartAsync(1);
        Assert.Empty(await driver.CrashesAsync());

        using (Process process = Process.GetProcessById(driver.ProcessIdOf(1)))
        {
            process.Kill();
        }

        Assert.NotNull(await driver.ExitCodeAsync(1, TimeSpan.FromSeconds(30)));
        Assert.Contains("Node 1 ended by itself", Assert.Single(await driver.CrashesAsync()), StringComparison.Ordinal);

        // A disk that fails explains the end of a node only if the node says so.
        await driver.StartAsync(1);
        driver.MayFail(1, true);
        using (Process process = Process.GetProcessById(driver.ProcessIdOf(1)))
        {
            process.Kill();
        }

        await driver.ExitCodeAsync(1, TimeSpan.FromSeconds(30));
        Assert.Equal(2, (await driver.CrashesAsync()).Count);
    }
}

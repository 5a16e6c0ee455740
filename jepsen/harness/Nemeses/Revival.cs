using Harness.Drivers;

namespace Harness.Nemeses;

/// <summary>Brings a node back whose disk works again.</summary>
internal static class Revival
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    // A node stops within ten seconds, or not at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Waits for the end of a node that is about to stop because its disk failed, and starts it
    /// again.</summary>
    /// <returns>Its exit code if it has stopped; null if it goes on.</returns>
    public static async Task<int?> OfAsync(IClusterDriver driver, int node)
    {
        // A write that met the failure may not have returned yet.
        await Task.Delay(Settling, CancellationToken.None).ConfigureAwait(false);
        bool isWell = driver.IsRunning(node)
            && await driver.HealthAsync(node).ConfigureAwait(false) is { Fault: "" };
        int? code = await driver.ExitCodeAsync(node, isWell ? TimeSpan.Zero : Patience).ConfigureAwait(false);
        if (!driver.IsRunning(node))
        {
            await driver.StartAsync(node).ConfigureAwait(false);
        }

        driver.MayFail(node, false);
        return code;
    }
}

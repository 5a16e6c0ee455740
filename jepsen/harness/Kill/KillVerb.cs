using KvProcesses.Processes;

namespace Harness.Kill;

/// <summary>The verb <c>kill</c>.</summary>
internal static class KillVerb
{
    /// <summary>Runs all rounds.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">An option is unknown or out of its bounds.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        KillOptions options = KillOptions.Parse(arguments);
        using TemporaryDirectory directory = new("replication-kill") { Keep = options.Keep };
        try
        {
            int failed = await new KillTest(options, directory.Path, Console.WriteLine).RunAsync()
                .ConfigureAwait(false);
            directory.Keep |= failed > 0;
            return failed == 0 ? 0 : 1;
        }
        catch
        {
            directory.Keep = true;
            throw;
        }
        finally
        {
            if (directory.Keep)
            {
                Console.WriteLine($"Data and logs: {directory.Path}");
            }
        }
    }
}

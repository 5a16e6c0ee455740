using KvProcesses.Processes;

namespace Harness.Runs;

/// <summary>The verb <c>test</c>.</summary>
internal static class TestVerb
{
    /// <summary>Runs once.</summary>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="interrupted">Ends the run early.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="FormatException">An option is unknown or out of its bounds.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken interrupted)
    {
        TestOptions options = TestOptions.Parse(arguments);
        using TemporaryDirectory temporary = new("replication-test") { Keep = true };
        string directory = temporary.Path;
        if (options.Output is { } output)
        {
            temporary.Keep = false;
            directory = Directory.CreateDirectory(output).FullName;
        }

        try
        {
            TestResult result = await new TestRun(options, directory, Console.WriteLine)
                .RunAsync(interrupted).ConfigureAwait(false);
            result.WriteAll(directory);
            foreach (string line in result.Lines())
            {
                Console.WriteLine(line);
            }

            return result.ExitCode;
        }
        finally
        {
            Console.WriteLine($"What the run left: {directory}");
        }
    }
}

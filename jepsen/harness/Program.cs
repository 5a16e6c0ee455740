using Harness;
using KvProcesses.Processes;

if (args is not ["kill", ..])
{
    Console.WriteLine(KillOptions.Usage);
    return args is ["--help"] or ["-h"] ? 0 : 2;
}

KillOptions options;
try
{
    options = KillOptions.Parse(args[1..]);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{KillOptions.Usage}");
    return 2;
}

using TemporaryDirectory directory = new("replication-kill") { Keep = options.Keep };
try
{
    int failed = await new KillTest(options, directory.Path, Console.WriteLine).RunAsync();
    directory.Keep |= failed > 0;
    return failed == 0 ? 0 : 1;
}
catch (Exception e) when (e is NodeStartException or InvalidOperationException or TimeoutException)
{
    directory.Keep = true;
    await Console.Error.WriteLineAsync($"The cluster could not be run: {e.Message}");
    return 3;
}
finally
{
    if (directory.Keep)
    {
        Console.WriteLine($"Data and logs: {directory.Path}");
    }
}

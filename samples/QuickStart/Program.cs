using KvProcesses.Processes;
using QuickStart;

QuickStartOptions options;
try
{
    if (args.Any(a => a is "--help" or "-h"))
    {
        Console.WriteLine(QuickStartOptions.Usage);
        return 0;
    }

    options = QuickStartOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{QuickStartOptions.Usage}");
    return 2;
}

Display display = new(Console.Out, isTerminal: !Console.IsOutputRedirected);
using TemporaryDirectory directory = new("replication-quickstart") { Keep = options.Keep };
try
{
    return await new MainJob(options, display, directory.Path).RunAsync() ? 0 : 1;
}
catch (Exception e) when (e is NodeStartException or InvalidOperationException or TimeoutException)
{
    directory.Keep = true;
    await Console.Error.WriteLineAsync($"The cluster could not be run: {e.Message}");
    await Console.Error.WriteLineAsync($"Data and logs are kept in {directory.Path}");
    return 3;
}

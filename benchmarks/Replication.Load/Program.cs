using System.Globalization;
using KvProcesses.Processes;
using Replication.Load;
using Replication.Load.Etcd;
using Replication.Load.Measuring;
using Replication.Load.Systems;

LoadOptions options;
try
{
    if (args.Contains("--help"))
    {
        Console.WriteLine(LoadOptions.Usage);
        return 0;
    }

    options = LoadOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{LoadOptions.Usage}");
    return 2;
}

try
{
    LoadReport report = new()
    {
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Commit = await Machine.CommitAsync(),
        Machine = Machine.Describe(),
        Command = $"dotnet run -c Release --project benchmarks/Replication.Load -- {string.Join(' ', args)}"
            .TrimEnd(' ', '-'),
        LoadAverageBefore = Machine.LoadAverage(),
        FlushMilliseconds = Machine.FlushMilliseconds(),
        Systems = [],
    };
    for (int pass = 0; pass < options.Passes; pass++)
    {
        foreach (string name in pass % 2 == 0 ? options.Systems : options.Systems.Reverse())
        {
            await MeasureAsync(name, pass, report);
        }
    }

    Console.WriteLine();
    Console.WriteLine(report.ToMarkdown());
    if (options.Output is { } output)
    {
        Directory.CreateDirectory(output);
        string path = Path.Combine(output, $"load-{report.Date}");
        await File.WriteAllTextAsync(path + ".json", report.ToJson() + "\n");
        await File.WriteAllTextAsync(path + ".md", report.ToMarkdown());
    }

    return 0;
}
catch (Exception e) when (e is NodeStartException or InvalidOperationException or TimeoutException
    or System.ComponentModel.Win32Exception)
{
    await Console.Error.WriteLineAsync($"A system could not be run: {e.Message}");
    return 3;
}

async Task MeasureAsync(string name, int pass, LoadReport report)
{
    using TemporaryDirectory directory = new("replication-load");
    await using ILoadedSystem system = name == "etcd" ? new EtcdSystem(options.Connections)
        : new ReplicationSystem(options.Connections);
    await system.StartAsync(directory.Path);
    if (!report.Systems.TryGetValue(system.Name, out SystemReport? measured))
    {
        report.Systems[system.Name] = measured = new SystemReport();
    }

    measured.Description = system.Description;
    await new ThroughputMeasurement(system, options).WarmUpAsync(options.Clients.Max());
    foreach (int clients in options.Clients)
    {
        ThroughputResult result = await new ThroughputMeasurement(system, options).RunAsync(clients);
        measured.Throughput.Add(result);
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{clients,4} clients: {result.PutsPerSecond,8:N0} puts/s, p50 {result.P50Milliseconds:f2} ms, "
                + $"p99 {result.P99Milliseconds:f2} ms, "
                + $"{result.ServerMicrosecondsPerPut:N0} µs of server CPU per put"));
    }

    for (int i = 0; i < options.Failovers; i++)
    {
        double milliseconds = await new FailoverMeasurement(system).RunAsync();
        measured.FailoverMilliseconds.Add(milliseconds);
        Say(string.Create(CultureInfo.InvariantCulture, $"writes stopped for {milliseconds:N0} ms"));
    }

    void Say(string text) => Console.WriteLine($"pass {pass + 1}, {system.Name,-12} {text}");
}

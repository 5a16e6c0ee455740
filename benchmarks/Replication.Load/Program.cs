using System.Globalization;
using KvProcesses.Processes;
using Replication.Load;

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
        Systems = new(StringComparer.Ordinal),
    };
    await new LoadRun(options, report).RunAsync();
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

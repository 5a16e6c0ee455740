using System.Globalization;
using KvProcesses.Processes;
using Replication.Load.Etcd;
using Replication.Load.Measuring;
using Replication.Load.Systems;

namespace Replication.Load;

/// <summary>One run: all systems side by side, loaded in turn, then their leaders killed.</summary>
internal sealed class LoadRun(LoadOptions options, LoadReport report)
{
    private readonly List<(ILoadedSystem System, SystemReport Report)> _systems = [];

    /// <summary>Measures into the report.</summary>
    public async Task RunAsync()
    {
        using TemporaryDirectory directory = new("replication-load");
        try
        {
            foreach (string name in options.Systems)
            {
                await StartAsync(name, Path.Combine(directory.Path, $"{_systems.Count}"));
            }

            for (int pass = 0; pass < options.Passes; pass++)
            {
                await MeasureThroughputAsync(pass);
            }

            foreach ((ILoadedSystem system, SystemReport measured) in _systems)
            {
                await MeasureFailoverAsync(system, measured);
            }
        }
        finally
        {
            foreach ((ILoadedSystem system, _) in _systems)
            {
                await system.DisposeAsync();
            }
        }
    }

    private async Task StartAsync(string name, string directory)
    {
        ILoadedSystem system = name == "etcd"
            ? new EtcdSystem(options.Connections)
            : new ReplicationSystem(options.Connections,
                name.StartsWith(LoadOptions.OtherBuild, StringComparison.Ordinal)
                    ? name[LoadOptions.OtherBuild.Length..] : null);
        SystemReport measured = new();
        _systems.Add((system, measured));
        report.Systems.Add(system.Name, measured);
        await system.StartAsync(directory);
        measured.Description = system.Description;
        await new ThroughputMeasurement(system, options).WarmUpAsync(options.Clients.Max());
    }

    private async Task MeasureThroughputAsync(int pass)
    {
        foreach (int clients in options.Clients)
        {
            foreach ((ILoadedSystem system, SystemReport measured) in
                pass % 2 == 0 ? _systems : _systems.AsEnumerable().Reverse())
            {
                ThroughputResult result = await new ThroughputMeasurement(system, options).RunAsync(clients);
                measured.Throughput.Add(result);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"pass {pass + 1}, {system.Name,-12} {clients,4} clients: {result.PutsPerSecond,8:N0} puts/s, "
                        + $"p50 {result.P50Milliseconds:f2} ms, p99 {result.P99Milliseconds:f2} ms, "
                        + $"{result.ServerMicrosecondsPerPut:N0} µs of server CPU per put"));
            }
        }
    }

    private async Task MeasureFailoverAsync(ILoadedSystem system, SystemReport measured)
    {
        for (int i = 0; i < options.Failovers; i++)
        {
            double milliseconds = await new FailoverMeasurement(system).RunAsync();
            measured.FailoverMilliseconds.Add(milliseconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{system.Name,-12} writes stopped for {milliseconds:N0} ms"));
        }
    }
}

using System.Diagnostics;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Faults;

ulong from = ulong.Parse(args[1]);
ulong count = ulong.Parse(args[2]);
bool standard = args[0] == "standard";
bool trace = args.Length > 3;
for (ulong seed = from; seed < from + count; seed++)
{
    SimulationConfig config = standard ? SimulationProfiles.Standard(seed) : SimulationProfiles.Swarm(seed);
    long start = Stopwatch.GetTimestamp();
    SimulationResult result = SimulationRun.Execute(config, FaultPlanner.Draw(config), trace ? Console.WriteLine : null);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine($"{seed} n={config.Nodes} {config.Network} {config.Scheduling} {result.Hash:x16} events {result.Events} sim {result.Nanoseconds / 1e9:0.0} s wall {seconds:0.000} x{result.Nanoseconds / 1e9 / seconds:0} elections {result.Elections} ops {result.Operations.Count} {result.Verdict}");
}

using Replication.Testing.Checkers;
using Replication.Testing.Simulation;
using SimulatedStateMachine;

// snippet: search
bool sharing = args.Contains("sharing");
SimulationSearch search = StateMachineSimulation.Search(() => new TallyWorkload(sharing), from: 1, count: 50);
Console.WriteLine(search);
if (search.Failure?.Shrink() is { } smallest)
{
    Console.WriteLine($"The same in a smaller run:\n{smallest}");
    using StreamWriter page = File.CreateText("failure.html");
    smallest.WritePage(page);
}

return search.Verdict.Validity == Validity.Valid ? 0 : 1;

// end

using System.Globalization;
using Replication.Testing.Checkers;
using Replication.Testing.Checkers.Linearizability;
using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>The checker against brute force.</summary>
/// <remarks>REPLICATION_CHECKER_HISTORIES sets how many histories of each model; 100000 make 700,000 in
/// all, in about a minute.</remarks>
public sealed class RandomHistoryTests
{
    private const int OperationsMax = 7;

    private static readonly int Histories = int.Parse(
        Environment.GetEnvironmentVariable("REPLICATION_CHECKER_HISTORIES") ?? "1500", CultureInfo.InvariantCulture);

    public static TheoryData<string> Models =>
        ["register", "cas-register", "append", "text", "set", "counter", "lock"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_checker_and_brute_force_agree_on_random_small_histories(string name)
    {
        (Model model, PlainModel plain) = ModelsOf(name);
        int valid = 0;
        for (int seed = 0; seed < Histories; seed++)
        {
            History history = new RandomHistories(seed).Next(plain, OperationsMax);

            bool expected = BruteForce.IsLinearizable(history, plain);
            Verdict verdict = LinearizabilityChecker.Check(
                history, model, new LinearizabilityOptions { Initial = name == "lock" ? null : plain.Initial });

            bool isVacuous = history.Operations.All(o => o.Outcome != HistoryEventType.Ok);
            Validity wanted = isVacuous ? Validity.Unknown : expected ? Validity.Valid : Validity.Invalid;
            Assert.True(
                verdict.Validity == wanted,
                $"Seed {seed}: wanted {wanted}, got {verdict}\n{string.Join('\n', history.Operations)}");
            valid += expected ? 1 : 0;
        }

        // Otherwise one of the two answers was hardly tried.
        Assert.InRange(valid, Histories / 10, Histories * 9 / 10);
    }

    private static (Model Model, PlainModel Plain) ModelsOf(string name) => name switch
    {
        "register" => (LinearizabilityModels.Register, PlainModel.Register),
        "cas-register" => (LinearizabilityModels.CasRegister, PlainModel.CasRegister(HistoryValue.Null)),
        "append" => (LinearizabilityModels.Append, PlainModel.Append),
        "text" => (LinearizabilityModels.Append, PlainModel.Text),
        "set" => (LinearizabilityModels.Set, PlainModel.Set),
        "counter" => (LinearizabilityModels.Counter, PlainModel.Counter),
        _ => (LinearizabilityModels.Lock, PlainModel.Lock),
    };
}

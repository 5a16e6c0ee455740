using Replication.Testing.Checkers;
using Replication.Testing.Histories;
using Replication.Testing.Tests.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Hand-made histories of each model. Lines are parted by semicolons; the first word is the
/// verdict.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData("valid", "0 invoke read k; 0 ok read k null")]
    [InlineData("invalid", "0 invoke read k; 0 ok read k 1")]
    [InlineData("valid", "0 invoke write k 1; 1 invoke read k; 1 ok read k null; 0 ok write k 1")]
    [InlineData("valid", "0 invoke write k 1; 1 invoke read k; 1 ok read k 1; 0 ok write k 1")]
    [InlineData("invalid", "0 invoke write k 1; 0 ok write k 1; 1 invoke read k; 1 ok read k null")]
    [InlineData("valid", "0 invoke write a 1; 0 ok write a 1; 1 invoke read b; 1 ok read b null")]
    [InlineData("invalid", "0 invoke write k 1; 0 fail write k 1; 1 invoke read k; 1 ok read k 1")]
    [InlineData("valid", "0 invoke write k 1; 0 info write k 1; 1 invoke read k; 1 ok read k 1")]
    [InlineData("valid", "0 invoke write k 1; 0 info write k 1; 1 invoke read k; 1 ok read k null")]
    [InlineData("valid", "0 invoke write k 1; 1 invoke read k; 1 ok read k null; 1 invoke read k; 1 ok read k 1")]
    [InlineData("invalid", "0 invoke write k 1; 1 invoke read k; 1 ok read k 1; 1 invoke read k; 1 ok read k null")]
    [InlineData("invalid", "1 invoke read k; 1 ok read k 1; 0 invoke write k 1; 0 info write k 1")]
    [InlineData("valid", "0 invoke read k; 0 info read k; 1 invoke write k 1; 1 ok write k 1")]
    [InlineData("unknown", "0 invoke write k 1; 0 info write k 1; 1 invoke read k; 1 fail read k")]
    public void Register(string verdict, string lines) => AssertVerdict("register", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke write k 1; 0 ok write k 1; 0 invoke cas k [1,2]; 0 ok cas k [1,2]")]
    [InlineData("invalid", "0 invoke write k 1; 0 ok write k 1; 0 invoke cas k [2,3]; 0 ok cas k [2,3]")]
    [InlineData("valid", "0 invoke write k 1; 0 ok write k 1; 0 invoke cas k [2,3]; 0 ok cas k false")]
    [InlineData("invalid", "0 invoke write k 1; 0 ok write k 1; 0 invoke cas k [1,3]; 0 ok cas k false")]
    [InlineData("valid", "0 invoke write k 1; 0 ok write k 1; 0 invoke cas k [1,3]; 0 fail cas k [1,3]")]
    [InlineData("valid", "0 invoke cas k [null,3]; 0 info cas k [null,3]; 1 invoke read k; 1 ok read k 3")]
    [InlineData("invalid", "0 invoke cas k [1,3]; 0 info cas k [1,3]; 1 invoke read k; 1 ok read k 3")]
    [InlineData("invalid", "0 invoke cas k [null,1]; 1 invoke cas k [null,2]; 0 ok cas k [null,1]; "
        + "1 ok cas k [null,2]")]
    [InlineData("valid", "0 invoke write k 1; 0 info write k 1; 1 invoke cas k [1,2]; 1 info cas k [1,2]; "
        + "2 invoke read k; 2 ok read k 2; 3 invoke cas k [2,1]; 3 ok cas k [2,1]; 2 invoke read k; 2 ok read k 1")]
    [InlineData("valid", "0 invoke write k 1; 1 invoke write k 0; 0 ok write k 1; 2 invoke write k 0; 2 ok write k 0; "
        + "1 ok write k 0; 2 invoke read k; 2 ok read k 0")]
    public void Cas_register(string verdict, string lines) => AssertVerdict("cas-register", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke append k 1; 0 ok append k 1; 0 invoke read k; 0 ok read k [1]")]
    [InlineData("valid", "0 invoke append k 1; 1 invoke append k 2; 0 ok append k 1; 1 ok append k 2; 0 invoke read k; "
        + "0 ok read k [2,1]")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 1 invoke append k 2; 1 ok append k 2; "
        + "0 invoke read k; 0 ok read k [2,1]")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 0 invoke read k; 0 ok read k []")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 0 invoke read k; 0 ok read k [1,1]")]
    [InlineData("valid", "0 invoke append k 1; 0 info append k 1; 1 invoke read k; 1 ok read k null; 1 invoke read k; "
        + "1 ok read k [1]")]
    [InlineData("invalid", "0 invoke append k 1; 0 info append k 1; 1 invoke read k; 1 ok read k [1]; 1 invoke read k; "
        + "1 ok read k []")]
    [InlineData("valid", "0 invoke append k \"ab\"; 0 ok append k \"ab\"; 0 invoke append k \"c\"; "
        + "0 ok append k \"c\"; "
        + "0 invoke read k; 0 ok read k \"abc\"")]
    [InlineData("invalid", "0 invoke append k \"ab\"; 0 ok append k \"ab\"; 0 invoke append k \"c\"; "
        + "0 ok append k \"c\"; 0 invoke read k; 0 ok read k \"cab\"")]
    [InlineData("valid", "0 invoke append k 1; 0 ok append k 1; 0 invoke write k [7]; 0 ok write k [7]; "
        + "0 invoke append k 8; 0 ok append k 8; 0 invoke read k; 0 ok read k [7,8]")]
    public void Append(string verdict, string lines) => AssertVerdict("append", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke add k 1; 1 invoke add k 2; 0 ok add k 1; 1 ok add k 2; 0 invoke read k; "
        + "0 ok read k [2,1]")]
    [InlineData("invalid", "0 invoke add k 1; 0 ok add k 1; 0 invoke read k; 0 ok read k []")]
    [InlineData("invalid", "0 invoke add k 1; 0 ok add k 1; 0 invoke read k; 0 ok read k [1,1]")]
    [InlineData("valid", "0 invoke add k 1; 0 ok add k 1; 0 invoke remove k 1; 0 ok remove k 1; 0 invoke read k; "
        + "0 ok read k []")]
    [InlineData("invalid", "0 invoke add k 1; 0 ok add k 1; 1 invoke remove k 1; 1 fail remove k 1; "
        + "0 invoke contains k 1; "
        + "0 ok contains k false")]
    [InlineData("valid", "0 invoke add k 1; 0 ok add k 1; 1 invoke remove k 1; 1 info remove k 1; "
        + "0 invoke contains k 1; 0 ok contains k true; 0 invoke contains k 1; 0 ok contains k false")]
    [InlineData("invalid", "0 invoke add k 1; 1 invoke add k 2; 2 invoke read k; 3 invoke read k; 2 ok read k [1]; "
        + "3 ok read k [2]; 0 ok add k 1; 1 ok add k 2")]
    public void Set(string verdict, string lines) => AssertVerdict("set", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke add k 5; 0 ok add k 5; 0 invoke decrement k; 0 ok decrement k; 0 invoke read k; "
        + "0 ok read k 4")]
    [InlineData("invalid", "0 invoke add k 5; 0 ok add k 5; 0 invoke read k; 0 ok read k 0")]
    [InlineData("valid", "0 invoke add k 5; 0 info add k 5; 1 invoke read k; 1 ok read k 0; 1 invoke read k; "
        + "1 ok read k 5")]
    [InlineData("invalid", "0 invoke increment k; 0 info increment k; 1 invoke read k; 1 ok read k 2")]
    [InlineData("invalid", "0 invoke increment k; 1 invoke read k; 1 ok read k 1; 2 invoke read k; 2 ok read k 0; "
        + "0 ok increment k")]
    public void Counter(string verdict, string lines) => AssertVerdict("counter", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke acquire k; 0 ok acquire k 3; 0 invoke release k 3; 0 ok release k 3; "
        + "1 invoke acquire k; 1 ok acquire k 7")]
    [InlineData("invalid", "0 invoke acquire k; 0 ok acquire k 3; 1 invoke acquire k; 1 ok acquire k 4")]
    [InlineData("invalid", "0 invoke acquire k; 0 ok acquire k 3; 0 invoke release k 3; 0 ok release k 3; "
        + "1 invoke acquire k; 1 ok acquire k 3")]
    [InlineData("valid", "0 invoke acquire k; 0 ok acquire k 3; 0 invoke release k 3; 0 info release k 3; "
        + "1 invoke acquire k; 1 ok acquire k 4")]
    [InlineData("valid", "0 invoke acquire k; 0 info acquire k; 1 invoke acquire k; 1 ok acquire k false")]
    [InlineData("invalid", "0 invoke acquire k; 0 fail acquire k; 1 invoke acquire k; 1 ok acquire k false")]
    [InlineData("valid", "0 invoke acquire k; 0 ok acquire k; 0 invoke release k; 0 ok release k; 1 invoke acquire k; "
        + "1 ok acquire k")]
    [InlineData("invalid", "0 invoke acquire k; 0 ok acquire k; 1 invoke acquire k; 1 ok acquire k")]
    [InlineData("invalid", "0 invoke acquire k; 0 ok acquire k 3; 1 invoke release k 2; 1 ok release k 2")]
    [InlineData("valid", "0 invoke acquire k; 0 info acquire k; 1 invoke read k; 1 ok read k 9; 1 invoke release k 9; "
        + "1 ok release k 9; 1 invoke acquire k; 1 ok acquire k 10")]
    [InlineData("invalid", "0 invoke acquire k; 0 info acquire k; 1 invoke read k; 1 ok read k 9; "
        + "1 invoke release k 9; "
        + "1 ok release k 9; 1 invoke acquire k; 1 ok acquire k 8")]
    public void Lock(string verdict, string lines) => AssertVerdict("lock", verdict, lines);

    [Theory]
    [InlineData("valid", "0 invoke append k 1; 0 ok append k 1; 0 invoke append k 2; 0 ok append k 2; 1 invoke read k; "
        + "1 ok read k [1,2]; 1 invoke read k 1; 1 ok read k [2]; 1 invoke length k; 1 ok length k 2")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 0 invoke append k 2; 0 ok append k 2; "
        + "1 invoke read k; "
        + "1 ok read k [2]")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 0 invoke length k; 0 ok length k 0")]
    [InlineData("invalid", "0 invoke append k 1; 0 ok append k 1; 1 invoke read k 1; 1 ok read k [1]")]
    [InlineData("valid", "0 invoke append k 1; 0 info append k 1; 1 invoke read k; 1 ok read k []; 1 invoke length k; "
        + "1 ok length k 1")]
    public void Log(string verdict, string lines) => AssertVerdict("log", verdict, lines);

    [Theory]
    [InlineData(Validity.Valid, 4, 9)]
    [InlineData(Validity.Invalid, 9, 4)]
    [InlineData(Validity.Invalid, 4, 4)]
    public void Positions_of_a_log_rise_in_the_order_of_its_appends(Validity expected, long first, long second)
    {
        HistoryEvent[] events =
        [
            new() { Index = 0, Process = 0, Type = HistoryEventType.Invoke, F = "append", Value = 1 },
            new() { Index = 1, Process = 0, Type = HistoryEventType.Ok, F = "append", Value = 1, Position = first },
            new() { Index = 2, Process = 0, Type = HistoryEventType.Invoke, F = "append", Value = 2 },
            new() { Index = 3, Process = 0, Type = HistoryEventType.Ok, F = "append", Value = 2, Position = second },
        ];

        Assert.Equal(expected, new HistoryChecks().Check(History.FromEvents(events), "log").Validity);
    }

    [Theory]
    [InlineData("register", "5", "0 invoke read k; 0 ok read k 5")]
    [InlineData("append", "[1]", "0 invoke append k 2; 0 ok append k 2; 0 invoke read k; 0 ok read k [1,2]")]
    [InlineData("append", "\"a\"", "0 invoke append k \"b\"; 0 ok append k \"b\"; 0 invoke read k; 0 ok read k \"ab\"")]
    [InlineData("set", "[3]", "0 invoke read k; 0 ok read k [3]")]
    [InlineData("counter", "10", "0 invoke add k 1; 0 ok add k 1; 0 invoke read k; 0 ok read k 11")]
    [InlineData("lock", "4", "0 invoke acquire k; 0 ok acquire k 5")]
    [InlineData("log", "[7]", "0 invoke length k; 0 ok length k 1")]
    public void Objects_start_with_the_initial_value(string model, string initial, string lines)
    {
        HistoryCheckOptions options = new() { Initial = HistoryValue.Parse(initial) };
        History history = HistoryText.Of(lines.Split("; "));

        Assert.Equal(Validity.Valid, new HistoryChecks().Check(history, model, options).Validity);
        Validity otherwise = model == "lock" ? Validity.Valid : Validity.Invalid;
        Assert.Equal(otherwise, new HistoryChecks().Check(history, model).Validity);
    }

    private static void AssertVerdict(string model, string verdict, string lines)
    {
        Verdict actual = new HistoryChecks().Check(HistoryText.Of(lines.Split("; ")), model);

        Assert.True(Enum.Parse<Validity>(verdict, ignoreCase: true) == actual.Validity, actual.ToString());
    }
}

using Replication.Testing.Simulation.Randomness;

namespace Replication.Simulation.Tests.Parts;

public sealed class PortableMathTests
{
    [Fact]
    public void Logarithms_and_powers_are_those_of_the_library_but_for_the_last_bits()
    {
        RandomStream random = new(1, RandomPurpose.Schedule);
        for (int i = 0; i < 100_000; i++)
        {
            double unit = 1.0 - random.Unit();
            Near(Math.Log(unit), PortableMath.Log(unit), 1e-15);
            double value = 1 + (unit * 1e6);
            Near(Math.Log(value), PortableMath.Log(value), 1e-15);
            double exponent = random.Unit();
            Near(Math.Pow(value, exponent), PortableMath.Pow(value, exponent), 1e-13);
        }
    }

    // What a processor without fused multiplication gives as well: a seed depends on every bit.
    [Theory]
    [InlineData(1.0, 0x0000000000000000)]
    [InlineData(0.5, unchecked((long)0xBFE62E42FEFA39EF))]
    [InlineData(0.1, unchecked((long)0xC0026BB1BBB55515))]
    [InlineData(1.1102230246251565e-16, unchecked((long)0xC0425E4F7B2737FA))]
    public void A_logarithm_has_the_same_bits_everywhere(double value, long bits) =>
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(PortableMath.Log(value)));

    private static void Near(double expected, double actual, double error) =>
        Assert.InRange(Math.Abs(actual - expected), 0, Math.Max(Math.Abs(expected) * error * 4, 1e-17));
}

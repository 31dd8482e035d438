#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Mail::DKIM (DKIM, ARC) and Mail::SPF over the corpus; each question goes to the DNS server once, then answers are kept.
# No DMARC, no JSON. Its version in Debian 12 knows no Ed25519.
# usage: peer_mail_dkim.pl CORPUS PORT PASSES FILE...      a line for each pass: seconds, seconds of CPU, signatures that passed
use strict;
use warnings;
use Mail::DKIM::ARC::Verifier;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;
use Mail::SPF;
use Net::DNS::Resolver;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID);

{
    package Keeping;
    our @ISA = ('Net::DNS::Resolver');
    my %kept;

    sub send {
        my ($self, $name, $type, @rest) = @_;
        return $kept{ lc "$name " . ($type // 'A') } //= $self->SUPER::send($name, $type, @rest);
    }
}

my ($corpus, $port, $passes, @files) = @ARGV;
my $resolver = Keeping->new(nameservers => ['127.0.0.1'], port => $port, recurse => 1, udppacketsize => 4096);
Mail::DKIM::DNS::resolver($resolver);
my $spf = Mail::SPF::Server->new(dns_resolver => $resolver, hostname => 'mail.bench.example');
$SIG{__WARN__} = sub { };
$| = 1;

my %session;
open my $expected, '<', "$corpus/expected.tsv" or die $!;
while (<$expected>) {
    chomp;
    my @cells = split /\t/;
    $session{ sprintf '%05d.eml', $cells[0] } = [@cells[7 .. 9]];
}

sub octets {
    open my $file, '<:raw', $_[0] or die "$_[0]: $!";
    local $/;
    return scalar <$file>;
}

for (1 .. $passes) {
    my ($start, $start_cpu, $passed) = (clock_gettime(CLOCK_MONOTONIC), clock_gettime(CLOCK_PROCESS_CPUTIME_ID), 0);
    for my $path (@files) {
        my $text = octets($path);
        my $dkim = Mail::DKIM::Verifier->new;
        $dkim->PRINT($text);
        $dkim->CLOSE;
        $passed += grep { $_->result eq 'pass' } $dkim->signatures;
        my $arc = Mail::DKIM::ARC::Verifier->new;
        $arc->PRINT($text);
        $arc->CLOSE;
        my ($address, $helo, $from) = @{ $session{ $path =~ s{.*/}{}r } };
        $spf->process(Mail::SPF::Request->new(scope => 'mfrom', identity => $from, ip_address => $address, helo_identity => $helo))->code;
    }
    printf "%.6f %.6f %d\n", clock_gettime(CLOCK_MONOTONIC) - $start, clock_gettime(CLOCK_PROCESS_CPUTIME_ID) - $start_cpu, $passed;
}
